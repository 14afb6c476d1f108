"""Strategies of hypothesis for pages that nobody would write: markup, characters and encodings that do not fit together."""

from hypothesis import strategies as st

TAGS = (
    "p div span b i a ul ol li dl dt dd table thead tbody tr td th caption form input select option textarea button h1 h2"
    " h3 br hr img figure figcaption blockquote q pre code article section main aside nav header footer script style"
    " noscript template svg math title iframe object html head body base meta link frameset frame plaintext xmp ruby rt font"
    " center marquee custom-tag"
).split()
ATTRIBUTES = "class id href src title alt style rel type name content property datetime role itemprop onclick lang dir".split()
WORDS = (
    "The harbour board said on Monday that thirty ferries will cross the strait every day from May. |By Anna Lindqvist "
    "|5 March 2024|“Nobody was asked,” she said. |comment|related|tooltip-text|advert|Skip to content|About us|$9 million|10%"
    "|[1]|—|…|https://a.example/"
).split("|")
ODD = [
    *("\0", "\x01", "\x0b", "\x0c", "\x1b[31m", "\x7f", "\x85", "\ufeff", "\ufffe", "\uffff", "\ufffd", "\u200b", "\u200e"),
    *("\u202e", "\u2066", "\u2069", "\u00ad", "e\u0301\u0301\u0301", "\u0e33\u0e33", "אבג", "مرحبا", "𝕬", "ﷺ", "İ", "ß", "ŉ"),
    *("\U0001f3f3\ufe0f\u200d\U0001f308", "\U000e0041", "\ud800", "\udfff"),
]
ENTITIES = (
    "&amp; &lt; &nbsp; &#0; &#x0; &#xd800; &#x110000; &#99999999999; &notanentity; &amp &copy &#; &#x; & &lt;script&gt;"
).split()
DECLARED = [
    "",
    "<!doctype html>",
    "<!DOCTYPE html [<!ENTITY a 'b'><!ENTITY c '&a;&a;&a;'>]>",
    "<?xml version='1.0' encoding='utf-7'?>",
    "<meta charset=utf-8>",
    "<meta charset=utf-16>",
    "<meta charset=nonsense>",
    "<meta charset=base64>",
    "<meta http-equiv=content-type content='text/html;charset=big5'>",
    "<base href='javascript:alert(1)'>",
    "<base href='http://['>",
    "<link rel=canonical href='http://[::1'>",
    "<meta http-equiv=refresh content='0;url=file:///etc/passwd'>",
    "<meta property='article:published_time' content='9999-99-99T99'>",
    "<meta name=author content='\u202eanna'>",
    '<script type="application/ld+json">{"@type":[[["Article"]],"author":{"name":[null,1,{}]},"datePublished":{}}</script>',
    '<script type="application/ld+json">[[[[[{"@graph":{"@graph":[]}}]]]]]</script>',
]
ENCODINGS = "utf-8 utf-8-sig utf-16 utf-16-le utf-32 latin-1 cp1252 shift_jis gb18030 utf-7 cp037".split()
_CHARSETS = [
    "",
    "utf-8",
    "utf-16",
    "base64",
    "rot13",
    "\udcff",
    "idna",
    "punycode",
    "unicode_escape",
    "undefined",
    "zlib_codec",
]
CONTENT_TYPES = [None, "text/html", "application/octet-stream", ";;;", *(f"text/html; charset={name}" for name in _CHARSETS)]


def texts(max_size=40):
    """Text of a page: words of articles among what is none."""
    part = st.one_of(st.sampled_from(WORDS), st.sampled_from(ODD), st.sampled_from(ENTITIES), st.text(max_size=8))
    return st.lists(part, max_size=max_size // 4).map(" ".join)


def _attributes():
    quote = st.sampled_from(["'", '"', "", "“"])
    one = st.builds(
        lambda name, mark, value: f"{name}={mark}{value}{mark}",
        st.sampled_from(ATTRIBUTES),
        quote,
        st.one_of(texts(12), st.text(max_size=9)),
    )
    return st.lists(one, max_size=3).map(" ".join)


def _tags():
    opened = st.builds(lambda tag, own: f"<{tag} {own}>", st.sampled_from(TAGS), _attributes())
    closed = st.sampled_from(TAGS).map(lambda tag: f"</{tag}>")
    broken = st.sampled_from(
        ["<", ">", "</", "<!--", "-->", "--!>", "<![CDATA[", "]]>", "<?php", "?>", "<!", "<a<b", "</p", "<p/", "<>", "</>"]
    )
    return st.one_of(opened, closed, broken)


def _whole(children):
    return st.builds(
        lambda tag, own, inner: f"<{tag} {own}>{''.join(inner)}</{tag}>",
        st.sampled_from(TAGS),
        _attributes(),
        st.lists(children, max_size=4),
    )


def markup():
    """Markup of a page: elements in elements, wrong ones, tags that nobody opened or closed, and what looks like some."""
    leaf = st.one_of(texts(), _tags())
    return st.builds(
        lambda head, body: head + "".join(body),
        st.sampled_from(DECLARED), st.lists(st.recursive(leaf, _whole, max_leaves=12), min_size=1, max_size=8),
    )  # fmt: skip


def raw_pages():
    """Bytes of a page and the media type that came with them: in an encoding that was not declared, cut, or with noise."""

    def written(text, encoding, noise, cut):
        raw = text.encode("utf-8", "surrogatepass") if encoding == "utf-8" else text.encode(encoding, "replace")
        return (raw + noise)[:cut] if cut else raw + noise

    content = st.one_of(markup(), texts(200))
    noise = st.one_of(st.just(b""), st.binary(max_size=12))
    raw = st.builds(written, content, st.sampled_from(ENCODINGS), noise, st.one_of(st.none(), st.integers(1, 400)))
    return st.tuples(st.one_of(raw, raw, raw, st.binary(max_size=300)), st.sampled_from(CONTENT_TYPES))
