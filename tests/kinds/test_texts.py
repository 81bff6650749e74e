"""Columns of texts that repeat are the same columns whether their texts are spelt out or numbered."""

import polars as pl

from pipelines.kinds.texts import NO_TEXT, as_they_occur, is_text, spelt_out, together


def frame(texts: list[str | None], known: list[str] | None = None) -> pl.DataFrame:
    """A column of texts, numbered where the known ones are given, beside one of numbers."""
    dtype = pl.String() if known is None else pl.Enum(known)
    return pl.DataFrame({"text": pl.Series(texts, dtype=dtype), "number": range(len(texts))})


def test_frames_with_other_texts_come_together():
    joined = together([frame(["b", None], ["b", "z"]), frame(["a"], ["a"])])
    assert joined["text"].to_list() == ["b", None, "a"]
    assert joined.schema["text"] == pl.Enum(["a", "b", "z"])


def test_what_is_spelt_out_stays_so_beside_what_is_numbered():
    joined = together([frame(["b"], ["b"]), frame(["a"])])
    assert joined.schema["text"] == pl.String
    assert joined["text"].to_list() == ["b", "a"]


def test_an_empty_frame_says_nothing_about_the_others():
    joined = together([frame([]), frame(["b"], ["b"]), frame(["b"], ["b"])])
    assert joined.schema["text"] == pl.Enum(["b"])
    assert together([frame([]), frame([])]).height == 0


def test_a_type_knows_the_texts_that_occur_in_order_and_no_others():
    found = as_they_occur(frame(["z", None, "b", "z"], ["z", "y", "b"]))
    assert found["text"].to_list() == ["z", None, "b", "z"]
    assert found.schema["text"] == pl.Enum(["b", "z"])
    assert as_they_occur(frame([None], ["a"])).schema["text"] == NO_TEXT
    assert as_they_occur(frame(["a"])).equals(frame(["a"]))


def test_spelt_out_means_text_again():
    numbered = frame(["b", None], ["a", "b"])
    assert spelt_out(numbered).equals(frame(["b", None]))
    assert [is_text(dtype) for dtype in (*numbered.dtypes, pl.String())] == [True, False, True]
