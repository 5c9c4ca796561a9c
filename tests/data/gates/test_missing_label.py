from relevo.core.verdict import Outcome
from relevo.data.gates.missing_label import MissingLabel


def test_rows_with_labels_pass(bench):
    assert MissingLabel().check(bench.draft("texto,grupo\na,x\nb,y\n")).outcome is Outcome.PASSED


def test_a_missing_label_fails_with_its_line(bench):
    verdict = MissingLabel().check(bench.draft("texto,grupo\na,x\nsin grupo,\nc, \n"))
    assert (verdict.outcome, verdict.measured, verdict.unit) == (Outcome.FAILED, 2, "rows")
    assert list(map(str, verdict.evidence)) == [
        "`quejas.csv` line 3: no label for `sin grupo`",
        "`quejas.csv` line 4: no label for `c`",
    ]
