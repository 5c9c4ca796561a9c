from relevo.core.verdict import Outcome
from relevo.data.gates.empty_text import EmptyText


def test_rows_with_texts_pass(bench):
    assert EmptyText().check(bench.draft("texto,grupo\na,x\n0,y\n")).outcome is Outcome.PASSED


def test_an_empty_text_fails_with_its_line(bench):
    verdict = EmptyText().check(bench.draft("texto,grupo\na,x\n,y\n\u00a0\t,x\n"))
    assert (verdict.outcome, verdict.measured, verdict.unit) == (Outcome.FAILED, 2, "rows")
    assert list(map(str, verdict.evidence)) == [
        "`quejas.csv` line 3: the text is empty",
        "`quejas.csv` line 4: the text is empty",
    ]
