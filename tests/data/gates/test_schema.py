from relevo.core.verdict import Outcome
from relevo.data.gates.schema import Schema

COLUMNS = {"texto": "text", "grupo": "label", "importe": "number", "fecha": "date"}


def test_cells_of_the_pinned_types_pass(bench):
    verdict = Schema().check(bench.draft("texto,grupo,importe,fecha\na,x,1.5,2024-01-31\nb,y,,\n", columns=COLUMNS))
    assert (verdict.outcome, verdict.measured, verdict.limit, verdict.unit) == (Outcome.PASSED, 0, 0, "cells")
    assert verdict.evidence == ()


def test_a_cell_of_another_type_fails_with_its_line(bench):
    content = 'texto,grupo,importe,fecha\n"a\nb",x,1.5,\nb,y,doce,31/01/2024\n'
    verdict = Schema().check(bench.draft(content, columns=COLUMNS))
    assert (verdict.outcome, verdict.measured) == (Outcome.FAILED, 2)
    assert list(map(str, verdict.evidence)) == [
        "`quejas.csv` line 4: `31/01/2024` in column `fecha` is no date",
        "`quejas.csv` line 4: `doce` in column `importe` is no number",
    ]


def test_after_preprocessing_the_lines_are_those_of_what_it_wrote(bench):
    (bench.root / "prep.py").write_text("def prepare(a, b): b.write_text('texto,grupo,importe\\na,x,doce\\n')")
    columns = {"texto": "text", "grupo": "label", "importe": "number"}
    verdict = Schema().check(bench.draft("raw", columns=columns, prepare="prep:prepare"))
    assert list(map(str, verdict.evidence)) == ["`prep:prepare` line 2: `doce` in column `importe` is no number"]
