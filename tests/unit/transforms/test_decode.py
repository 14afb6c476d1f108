import codecs

import pytest

from transforms.decode import UnreadableError, decode, media_of

UMLAUT = "Die Fähre über den Fluß fährt um fünf, später als gewöhnlich."


def test_utf_8_is_read_as_it_stands():
    assert decode("Ægir’s ferry — 5 °C".encode()) == "Ægir’s ferry — 5 °C"


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_settles_the_encoding_and_leaves_no_trace(mark, encoding):
    assert decode(mark + UMLAUT.encode(encoding)) == UMLAUT


def test_windows_1252_bytes_under_a_utf_8_label_are_read():
    raw = '<meta charset="utf-8"><p>“It’s the pilot’s ferry – and it’s late,” she said.</p>'.encode("cp1252")
    assert "“It’s the pilot’s ferry – and it’s late,” she said." in decode(raw)


def test_utf_8_bytes_under_another_label_are_still_utf_8():
    assert "für fünf" in decode('<meta charset="iso-8859-1"><p>für fünf</p>'.encode())


def test_a_declared_encoding_is_believed_where_the_bytes_are_no_utf_8():
    page = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r"><p>Паром опоздал на час.</p>'
    assert "Паром опоздал на час." in decode(page.encode("koi8-r"))


def test_an_xml_declaration_names_the_encoding_too():
    page = '<?xml version="1.0" encoding="koi8-r"?><p>Паром опоздал на час.</p>'
    assert "Паром опоздал на час." in decode(page.encode("koi8-r"))


def test_a_page_that_says_latin_1_means_windows_1252():
    page = '<meta charset="iso-8859-1"><p>a “free” ferry costs 5 €</p>'
    assert "a “free” ferry costs 5 €" in decode(page.encode("cp1252"))


def test_an_encoding_that_nobody_knows_is_not_believed():
    assert "Fähre" in decode(f'<meta charset="klingon-7"><p>{UMLAUT}</p>'.encode("cp1252"))


def test_bytes_without_any_label_are_guessed():
    assert decode(UMLAUT.encode("cp1252")) == UMLAUT


def test_bytes_of_another_script_without_any_label_are_guessed():
    russian = "Паром через реку снова опоздал, и никто на пристани не знал, почему капитан сегодня не пришёл на работу."
    assert decode(russian.encode("cp1251")) == russian


@pytest.mark.parametrize("raw", [b"", b" \r\n\t ", b"\x00\x00\x00"])
def test_an_empty_file_is_unreadable_and_says_so(raw):
    with pytest.raises(UnreadableError, match="empty"):
        decode(raw)


def test_a_picture_is_binary():
    png = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    with pytest.raises(UnreadableError, match="binary"):
        decode(png)


def test_a_nul_byte_in_a_page_does_not_make_it_binary():
    assert decode(b"<p>The ferry\x00 is late.</p>") == "<p>The ferry  is late.</p>"


def test_every_kind_of_line_end_becomes_one():
    assert decode(b"one\r\ntwo\rthree\x0cfour") == "one\ntwo\nthree\nfour"


def test_a_lone_surrogate_is_replaced_by_what_can_be_stored():
    assert decode(codecs.BOM_UTF16_LE + "ferry ".encode("utf-16-le") + b"\x3d\xd8").encode() == "ferry \ufffd".encode()


def test_a_surrogate_smuggled_in_as_utf_8_leaves_text_that_can_be_stored():
    decode(b"<p>The ferry \xed\xa0\xbd is late today and tomorrow.</p>").encode()


def test_markup_is_known_by_its_tags_whatever_the_name():
    assert media_of("page.txt", "  <!DOCTYPE html><html><p>The ferry is late.") == "html"


def test_a_fragment_of_one_tag_is_markup():
    assert media_of("page", "<p>The ferry is late.</p>") == "html"


def test_a_sign_in_running_text_makes_no_markup():
    assert media_of("note.txt", "If a < b then the <ferry> is late.") == "text"


def test_markdown_is_known_by_its_name():
    assert media_of("docs/NOTE.MD", "# The ferry") == "markdown"
    assert media_of("docs/note.txt", "# The ferry") == "text"


def test_what_the_server_declares_comes_before_what_the_page_does():
    assert decode("<meta charset=shift_jis>Żółć".encode("cp1250"), "text/html; charset=windows-1250").endswith("Żółć")


def test_utf_16_that_only_the_server_declares_is_no_utf_8_with_gaps():
    assert decode("<p>a plain word</p>".encode("utf-16-le"), "text/html; charset=utf-16le") == "<p>a plain word</p>"


def test_a_server_that_declares_what_the_bytes_are_not_is_not_believed():
    assert decode("crêpes".encode(), "text/html; charset=shift_jis") == "crêpes"


def test_undeclared_western_letters_are_taken_for_western_ones():
    assert "crêpes" in decode(("They said on Monday that all would be paid. " * 9 + "Two crêpes, please.").encode("cp1252"))


@pytest.mark.parametrize("name", ["base64", "hex", "zlib", "rot13", "idna", "punycode", "undefined", "unicode_escape"])
def test_a_codec_that_is_no_character_set_is_no_declaration(name):
    raw = f"<html><meta charset={name}><p>Caf\xe9 owners: \\x41 was said.</p>".encode("latin-1")
    assert "Café owners: \\x41 was said." in decode(raw)
    assert "Café owners: \\x41 was said." in decode(raw, f"text/html; charset={name}")
