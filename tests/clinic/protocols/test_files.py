import pytest

from clinic.protocols.document import ProtocolDocument
from clinic.protocols.files import (
    FileMistakes,
    check,
    document_text,
    document_texts,
    library,
    numbers_to_confirm,
    read,
)
from tests.clinic.protocols.builders import (
    FORBIDDEN,
    SAID,
    a_checklist,
    a_protocol,
    every_shipped,
    ketamine,
)

FILE = library()["ketamine-im"].read_text("utf-8")


def mistakes_in(text):
    with pytest.raises(FileMistakes) as refused:
        read(text)
    return [(mistake.place, mistake.code) for mistake in refused.value.mistakes]


def changed(*pairs):
    text = FILE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def test_the_library_reads_without_a_mistake():
    for document in every_shipped():
        assert check(document) == ()
    assert [document.code for document in every_shipped()] == list(library())


def test_a_document_written_out_and_read_again_has_the_same_digest():
    for document in every_shipped():
        again = ProtocolDocument.model_validate_json(document.canonical())

        assert again.digest() == document.digest()
        assert again.canonical() == document.canonical()


def test_every_mistake_is_named_by_its_place_at_once():
    text = changed(
        ("minimum: 18\n", "minimum: eighteen\n"),
        ("{code: ptsd, label: Post-traumatic stress disorder}", "{code: ptsd}"),
        ("then_every: 30", "then_every: 30\n    colour: red"),
        ("checklist: release-criteria", "checklist: release-critera"),
        ("{item: psychosis, equals: true", "{item: psychosys, equals: true"),
        ("        below: 141\n", "        below: 150\n"),
    )

    assert mistakes_in(text) == [
        ("age.minimum", "int_parsing"),
        ("screening.items[1].options[2].label", "missing"),
        ("monitoring[0].colour", "extra_forbidden"),
        ("screening.items[5].shown_when[0].item", "unknown_item"),
        ("release.checklist", "unknown_checklist"),
        ("limits[0].bands[3].starts", "overlap"),
    ]


def test_a_mistake_is_said_with_its_line():
    text = changed(("unit: mg\n", "unit: mg\ncolour: red\n"))
    line = text.splitlines().index("colour: red") + 1

    with pytest.raises(FileMistakes) as refused:
        read(text)

    assert str(refused.value) == f"colour, line {line}: There is no such field here."


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("", [("", "empty")]),
        ("code: [a", [("", "syntax")]),
        ("code: &a b", [("", "syntax")]),
        ("code: *a", [("", "syntax")]),
        ("code: !!python/name:os.system", [("", "syntax")]),
        ("code: \x00", [("", "syntax")]),
        ("[" * 5000, [("", "syntax")]),
        ("? [a]\n: b", [("", "key")]),
        ("code: a\ncode: b", [("code", "said_twice")]),
        ("x: {a: 1, a: 2, b: 1, b: 2}", [("x.a", "said_twice"), ("x.b", "said_twice")]),
        ("- code", [("", "model_type")]),
        ("x" * 1_000_001, [("", "too_long")]),
        (b"\xff\xfe\xff", [("", "syntax")]),
    ],
)
def test_what_is_no_plain_yaml_is_refused(text, places):
    assert mistakes_in(text) == places


def test_yes_and_half_past_twelve_stay_words():
    text = changed(("{code: calm, label: Calm}", "{code: yes, label: no}"), ('"10:00"', "10:00"))

    document = read(text)

    assert document.event("yes").label == "no"
    assert document.touchpoint("day-7").offset.at.hour == 10


WRONG = [
    (("- code: consent\n", "- code: concent\n"), ("gates[0].code", "unknown_gate")),
    (("- code: consent\n", "- code: hold\n"), ("gates[21].code", "said_twice")),
    (("  checklist: todays-checks", "  checklist: no-such"), ("today.checklist", "unknown_checklist")),
    (("staff: [facilitator]", "staff: [shaman]"), ("visits[0].staff[0]", "unknown_role")),
    (("earliest: {hours: 24}", "earliest: {hours: 96}"), ("visits[2].window.latest", "range")),
    (("count_typical: 2", "count_typical: 0"), ("visits[0].count_typical", "range")),
    (("presence: on_premises", "presence: reachable"), ("roles[0].minutes", "reachable_minutes")),
    (("- code: touch-consent\n", "- code: ketamine-consent\n"), ("documents[2].code", "said_twice")),
    (("taken_item: other_psychedelic\n", "taken_item: lsd\n"), ("washouts[0].taken_item", "unknown_item")),
    (("last_on_item: other_psychedelic_last_on", "last_on_item: age"), ("washouts[0].last_on_item", "kind")),
    (("        starts: 141\n", "        starts: 142\n"), ("limits[0].bands[3].starts", "hole")),
    (("        starts: 141\n", "        starts: 140\n"), ("limits[0].bands[3].starts", "overlap")),
    (("  - parameter: systolic\n    unit: mmHg", "  - parameter: systolic\n    unit: kPa"), ("limits[0].unit", "unit")),
    (("at_minutes: [0, 15, 30", "at_minutes: [0, 30, 15"), ("monitoring[0].at_minutes[2]", "order")),
    (("90, 120]", "90, 150]"), ("monitoring[0].at_minutes[6]", "check_after_release")),
    (("late_minutes: 5", "late_minutes: 15"), ("monitoring[0].late_minutes", "overlap")),
    (("excuses: [systolic,", "excuses: [cuff,"), ("miss_reasons[0].excuses[0]", "unknown_parameter")),
    (("vitals: [systolic,", "vitals: [pulse,"), ("today.vitals[0]", "unknown_parameter")),
    (("      maximum: 130\n", "      maximum: 20\n"), ("doses.single[1].maximum", "range")),
    (("    latest_minutes: 20", "    latest_minutes: 5"), ("doses.supplementary.latest_minutes", "range")),
    (("    - minutes: 120\n", "    - minutes: 120\n      below: 50\n"), ("minimum_stay.rows[0].below", "hole")),
    (("instruments: [phq-9, gad-7]", "instruments: [phq-9, moca]"), ("touchpoints[2].instruments[1]", "unknown_form")),
    (("- instrument: phq-9", "- instrument: phq-8"), ("measures[0].instrument", "unknown_form")),
    (("owner: facilitator", "owner: shaman"), ("touchpoints[0].owner", "unknown_role")),
    (("message: how-are-you", "message: hello"), ("touchpoints[0].message", "unknown_message")),
    (("    message: how-are-you\n", ""), ("touchpoints[0].message", "no_message")),
    (("    instruments: [direct-safety-question]\n", ""), ("touchpoints[0].instruments", "no_form")),
    (("A short question from {site}", "After your ketamine at {site}"), ("messages.how-are-you.subject", "not_neutral")),
    (("question here: {link}", "question here: {url}"), ("messages.how-are-you.body", "unknown_place")),
    (("    voluntary: true\n", ""), ("reports[0].due_days", "no_due_days")),
    (("    kind: scale\n", ""), ("parameters[7].steps", "steps")),
]  # fmt: skip


@pytest.mark.parametrize(("change", "mistake"), WRONG, ids=[wrong[1][0] for wrong in WRONG])
def test_a_contradiction_is_named_by_its_place(change, mistake):
    assert mistakes_in(changed(change)) == [mistake]


@pytest.mark.parametrize(
    ("gate", "part"),
    [
        ("consent", "documents"),
        ("washouts", "washouts"),
        ("tests_fresh", "tests"),
        ("preparation_visits", "visits of the preparation"),
        ("age", "age"),
        ("licence", "roles"),
        ("roles_present", "roles"),
        ("ratio", "ratio"),
        ("todays_checks", "today"),
        ("capacity", "today"),
        ("vitals", "today.vitals"),
        ("way_home", "release.ways_home"),
        ("interval", "intervals"),
        ("on_call", "on_call"),
    ],
)
def test_a_gate_that_nobody_could_clear_is_refused(gate, part):
    (mistake,) = check(a_protocol(gates=[{"code": gate, "decider": "nobody", **SAID}]))

    assert str(mistake) == (
        f"gates[0].code: The gate “{gate}” could never be cleared: nothing is said under {part}."
    )


def test_a_protocol_names_only_the_gates_it_has():
    assert a_protocol().gate("vitals") is None
    assert ketamine().gate("vitals").decider == "prescriber"


def test_a_further_dose_needs_a_limit_of_the_total():
    doses = {
        "single": [{"maximum": "50", **SAID}, {**SAID}],
        "supplementary": {"allowed": True, **SAID},
    }

    assert [(mistake.place, mistake.code) for mistake in check(a_protocol(doses=doses))] == [
        ("doses.single[1]", "no_amount"),
        ("doses.total", "no_total"),
    ]


def test_a_single_dose_above_the_total_is_refused():
    doses = {"single": [{"maximum": "50", **SAID}], "total": [{"maximum": "40", **SAID}]}

    (mistake,) = check(a_protocol(doses=doses))

    assert str(mistake) == (
        "doses.single[0].maximum: A single dose may not be more than the total of 40."
    )


def test_checks_that_run_until_release_need_a_release():
    row = {"code": "vitals", "parameters": ["pulse"], "at_minutes": [0], "early_minutes": 0}
    document = a_protocol(
        parameters=[{"code": "pulse", "label": "Pulse", "short": "P"}],
        monitoring=[row | {"late_minutes": 0, **SAID}],
    )

    assert [mistake.code for mistake in check(document)] == ["no_release"]


def test_the_rows_of_a_table_ascend():
    rows = [
        {"below": "5", "clients_per_staff": 9, **SAID},
        {"below": "5", "clients_per_staff": 8, **SAID},
    ]

    found = check(a_protocol(ratio=[*rows, {"clients_per_staff": 1, **SAID}]))

    assert [(mistake.place, mistake.code) for mistake in found] == [("ratio[1].below", "order")]


def test_a_checklist_stands_under_its_own_code():
    document = a_protocol(checklists={"screening": a_checklist()})

    assert [mistake.code for mistake in check(document)] == ["said_twice"]


def test_what_no_source_says_is_to_be_confirmed():
    found = {number.place: number for number in numbers_to_confirm(ketamine())}

    assert found["doses.single[0]"].words == "minimum: 0.5; maximum: 1.5; per kg: yes"
    assert "no document was opened" in found["age"].source
    assert "limits[0].bands[2]" not in found
    assert all(number.words and number.source for number in found.values())


def test_a_bare_protocol_has_nothing_to_confirm():
    assert numbers_to_confirm(a_protocol()) == ()


def test_every_document_of_the_library_has_an_example_text():
    wanted = {
        document.code: document.title for each in every_shipped() for document in each.documents
    }

    for code, title in wanted.items():
        text = document_text(code)
        assert (text.title, text.version, text.language) == (title, 1, "en")
        assert text.is_example
        assert text.body.startswith("EXAMPLE TEXT.")
    papers = {text.code for text in document_texts() if text.is_paper}
    assert {text.code for text in document_texts()} - papers == set(wanted)
    assert papers.isdisjoint(wanted)


def test_the_papers_of_the_house_say_no_word_that_a_protocol_would_not():
    papers = [text for text in document_texts() if text.is_paper]

    assert [text.code for text in papers] == [
        "leaving-against-advice", "refusing-a-part", "stopping", "transfer-elsewhere",
    ]  # fmt: skip
    assert [text.code for text in papers if text.needs_witness] == ["leaving-against-advice"]
    assert all(text.source and text.is_example for text in papers)
    assert [text.code for text in papers if FORBIDDEN.search(text.title + text.body)] == []


def test_a_text_that_is_not_shipped_is_not_found():
    with pytest.raises(KeyError):
        document_text("ketamine-consent", "tlh")
