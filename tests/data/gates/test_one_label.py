from relevo.core.verdict import Outcome
from relevo.data.gates.one_label import OneLabel


def test_duplicates_with_one_label_pass(bench):
    assert OneLabel().check(bench.draft("texto,grupo\na,x\na,x\n a,x\nA,y\n")).outcome is Outcome.PASSED


def test_one_text_under_two_labels_fails_with_both_lines(bench):
    content = "texto,grupo\nno va,tarjeta\nbien,cobros\nno  va,cobros\nno va,tarjeta\n"
    verdict = OneLabel().check(bench.draft(content))
    assert (verdict.outcome, verdict.measured, verdict.unit) == (Outcome.FAILED, 1, "texts")
    assert list(map(str, verdict.evidence)) == ["`quejas.csv`: `no va` is `tarjeta` on line 2 and `cobros` on line 4"]
