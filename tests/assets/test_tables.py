"""Tables and pictures in a run's metadata are small and harmless."""

from base64 import b64decode

from pipelines.assets.tables import MAX_ROWS, bars, markdown_table


def test_a_table_has_a_line_a_row() -> None:
    assert markdown_table(("a", "b"), [(1, "x")]) == "| a | b |\n| --- | --- |\n| 1 | x |"


def test_no_row_no_table() -> None:
    assert markdown_table(("a",), []) == ""


def test_a_long_table_is_cut_and_says_so() -> None:
    table = markdown_table(("n",), [(n,) for n in range(MAX_ROWS + 5)])
    assert table.endswith("… and 5 more.")


def test_a_file_name_cannot_break_out_of_its_cell() -> None:
    table = markdown_table(("file",), [("a|b\n<img src=x>",)])
    assert table.splitlines()[2] == "| a\\|b &lt;img src=x&gt; |"


def test_the_highest_bar_fills_the_picture() -> None:
    picture = bars([("2025-10-29", 10.0), ("2025-10-30", 20.0)], "records")
    svg = b64decode(picture.split("base64,")[1].rstrip(")")).decode()
    assert picture.startswith("![records](data:image/svg+xml;base64,")
    assert 'height="30"' in svg
    assert 'height="60"' in svg
    assert len(picture) < 1000


def test_nothing_to_show_is_no_picture() -> None:
    assert bars([("2025-10-29", 0.0)], "records") == ""
    assert bars([], "records") == ""
