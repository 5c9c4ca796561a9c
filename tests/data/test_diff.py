"""Which row is which, and what differs: small tables through the whole stage."""

import pytest

HEADER = "texto,grupo,canal\n"


@pytest.fixture
def found(bench):
    """`found(before, after)`: code → parameters of the changes."""

    def found(before, after, **kinds):
        bench.columns.update(kinds)
        changes = bench.changes(before, after)
        assert len({change.code for change in changes}) == len(changes)
        return {change.code: dict(change.params) for change in changes}

    return found


def test_rows_match_as_a_multiset(found):
    before = HEADER + "a,x,\na,x,\nb,y,\n"
    assert found(before, before + "a,x,\n") == {"rows-added": {"rows": 1, "propose_id": False}}
    assert found(before, HEADER + "a,x,\nb,y,\n") == {"rows-withdrawn": {"rows": 1, "groups": {"x": 1}}}


def test_of_rows_with_one_text_those_match_that_differ_least(found):
    before = HEADER + "a,x,1\na,x,2\na,x,3\na ,x,4\nb,y,1\n"
    after = HEADER + "a,x,3\na ,x,4\na,x,9\na  ,x,1\nb,y,1\n"
    assert found(before, after) == {
        "category-added": {"column": "canal", "values": ["9"], "count": 1},
        "category-vanished": {"column": "canal", "values": ["2"], "count": 1},
        "text-retouched": {"rows": 1, "examples": [{"from": "a", "to": "a  "}]},
        "value-corrected": {"column": "canal", "rows": 1},
    }


def test_a_relabelled_row_keeps_its_partner_among_duplicates(found):
    before = HEADER + "a,x,\na,x,\nb,y,\n"
    after = HEADER + "a,x,\na,y,\nb,y,\n"
    assert found(before, after) == {"label-corrected": {"rows": 1, "examples": [{"text": "a", "from": "x", "to": "y"}]}}


def test_an_id_ties_a_row_to_its_new_text(found):
    before = "texto,grupo,caso\nno fnciona,x,1\nb,y,2\nc,y,3\n"
    after = "texto,grupo,caso\nb,y,2\nno funciona,x,1\nc,y,3\n"
    assert found(before, after, caso="id") == {
        "text-retouched": {"rows": 1, "examples": [{"from": "no fnciona", "to": "no funciona"}]}
    }


def test_without_an_id_a_new_text_is_a_new_row_and_an_id_is_proposed(found):
    before = "texto,grupo\nno fnciona,x\nb,y\nc,x\n"
    assert found(before, before.replace("fnciona", "funciona")) == {
        "rows-added": {"rows": 1, "propose_id": True},
        "rows-withdrawn": {"rows": 1, "groups": {"x": 1}},
    }


def test_what_ids_leave_is_matched_by_text(found):
    before = "texto,grupo,caso\na,x,1\nb,y,2\nc,y,\nd,x,4\nd,x,4\n"
    after = "texto,grupo,caso\na,x,7\nb,y,2\nc,y,8\nd,x,4\nd,x,\ne,x,\n"
    assert found(before, after, caso="id") == {"rows-added": {"rows": 1, "propose_id": False}}


@pytest.mark.parametrize(("moved", "codes"), [(2, {"text-retouched"}), (3, {"ids-renumbered", "rows-added"})])
def test_ids_are_renumbered_when_more_than_half_point_at_other_texts(found, moved, codes):
    before = "texto,grupo,caso\n" + "".join(f"t{i},{'xy'[i % 2]},{i}\n" for i in range(4))
    if moved == 3:
        order, extra = [1, 2, 0, 3], "nueva,x,99\n"
        after = "texto,grupo,caso\n" + "".join(f"t{i},{'xy'[i % 2]},{n}\n" for n, i in enumerate(order)) + extra
    else:
        after = before.replace("t0,", "u0,").replace("t1,", "u1,")
    changes = found(before, after, caso="id")
    assert set(changes) == codes
    if moved == 3:
        assert changes["ids-renumbered"] == {"rows": 3}


def test_values_are_compared_as_their_type(bench):
    bench.columns |= {"importe": "number", "urgente": "boolean"}
    before = "texto,grupo,importe,urgente\na,x,1.0,true\nb,y,2,no\nc,y,,\n"
    same = "texto,grupo,importe,urgente\na,x,1,sí\nb,y,2e0,0\nc,y,,\n"
    other = "texto,grupo,importe,urgente\na,x,1,no\nb,y,3,no\nc,y,4,\n"
    assert bench.changes(before, same) == ()
    assert [(change.code, change.params) for change in bench.changes(before, other)] == [
        ("value-corrected", {"column": "importe", "rows": 2}),
        ("value-corrected", {"column": "urgente", "rows": 1}),
    ]


def test_examples_and_values_are_five_at_most(found):
    before = HEADER + "".join(f"t{i},x,v\n" for i in range(9)) + "z,y,v\n"
    after = HEADER + "".join(f"t{i},y,w{i}\n" for i in range(8)) + "t8,x,v\nz,y,v\n"
    changes = found(before, after)
    assert changes["label-corrected"]["rows"] == 8
    assert len(changes["label-corrected"]["examples"]) == 5
    assert changes["category-added"] == {"column": "canal", "values": ["w0", "w1", "w2", "w3", "w4"], "count": 8}


def test_a_renamed_variable_is_known_by_its_values(found):
    before = "texto,grupo,canal\n" + "".join(f"t{i},{'xy'[i % 2]},{'web' if i % 3 else ''}\n" for i in range(10))
    assert found(before, before.replace(",canal", ",medio")) == {"variable-renamed": {"from": "canal", "to": "medio"}}


def test_another_variable_is_no_rename(found):
    before = "texto,grupo,canal\n" + "".join(f"t{i},{'xy'[i % 2]},web\n" for i in range(10))
    after = before.replace(",canal", ",hora").replace("web", "12")
    assert found(before, after) == {
        "variable-added": {"column": "hora", "type": "category"},
        "variable-removed": {"column": "canal", "type": "category"},
    }


def test_columns_without_any_value_are_no_rename(found):
    before = "texto,grupo,canal\na,x,\nb,y,\n"
    assert set(found(before, before.replace("canal", "medio"))) == {"variable-added", "variable-removed"}
