"""Values of the header Content-Disposition: what RFC 6266 and RFC 5987 allow, what they forbid and browsers meet, and what
climbs. Made by those texts' rules, section by section."""

INLINE = [
    "inline",
    '"inline"',
    'inline; filename="foo.html"',
    'inline; filename="Not an attachment!"',
    'inline; filename="foo.pdf"',
]

ATTACHMENT = [
    "attachment",
    '"attachment"',
    "ATTACHMENT",
    'attachment; filename="0123456789012345678901234567890123456789012345678901234567890123456789.html"',
    'attachment; filename="foo.html"',
    'attachment; filename="\\"quoted\\".html"',
    'attachment; filename="f\\oo.html"',
    'attachment; filename="f\\\\oo.html"',
    'attachment; filename="Here\'s a semicolon;.html"',
    'attachment; foo="bar"; filename="foo.html"',
    'attachment; foo="\\"\\\\";filename="foo.html"',
    'attachment; FILENAME="foo.html"',
    "attachment; filename=foo.html",
    "attachment; filename=foo,bar.html",
    "attachment; filename=foo.html ;",
    "attachment; ;filename=foo",
    "attachment; filename=foo bar.html",
    "attachment; filename='foo.bar'",
    'attachment; filename="foo-ä.html"'.encode("latin-1"),
    'attachment; filename="foo-ä.html"',
    'attachment; filename="foo-%41.html"',
    'attachment; filename="50%.html"',
    'attachment; filename="foo-%\\41.html"',
    'attachment; name="foo-%41.html"',
    'attachment; filename="ä-%41.html"',
    'attachment; filename="foo-%c3%a4-%e2%82%ac.html"',
    'attachment; filename ="foo.html"',
    'attachment; filename="foo.html"; filename="bar.html"',
    "attachment; filename=foo[1](2).html",
    "attachment; filename=foo-ä.html",
    "attachment; filename=foo-Ã¤.html".encode("latin-1"),
]

BROKEN = [
    "filename=foo.html",
    "x=y; filename=foo.html",
    '"foo; filename=bar;baz"; filename=qux',
    "filename=foo.html, filename=bar.html",
    "; filename=foo.html",
    ": inline; attachment; filename=foo.html",
    "inline; attachment; filename=foo.html",
    "attachment; inline; filename=foo.html",
    'attachment; filename="foo.html".txt',
    'attachment; filename="bar',
    'attachment; filename=foo"bar;baz"qux',
    "attachment; filename=foo.html, attachment; filename=bar.html",
    "attachment; foo=foo filename=bar",
    "attachment; filename=bar foo=foo",
    "attachment filename=bar",
    "filename=foo.html; attachment",
    "attachment; xfilename=foo.html",
    'attachment; filename="/foo.html"',
    'attachment; filename="\\\\foo.html"',
    "attachment; filename=",
    'attachment; filename=""',
    "attachment; filename",
    "attachment;",
    "",
    ";",
    "=",
    '"',
    "attachment; =x",
    "attachment; filename==x",
    "attachment; filename=x; filename*=",
]

PARAMETERS = [
    'attachment; creation-date="Wed, 12 Feb 1997 16:29:51 -0500"',
    'attachment; modification-date="Wed, 12 Feb 1997 16:29:51 -0500"; filename=x',
    "foobar",
    'attachment; example="filename=example.txt"',
    'attachment; size="../x"; filename=x',
]

EXTENDED = [
    "attachment; filename*=iso-8859-1''foo-%E4.html",
    "attachment; filename*=UTF-8''foo-%c3%a4-%e2%82%ac.html",
    "attachment; filename*=''foo-%c3%a4-%e2%82%ac.html",
    "attachment; filename*=UTF-8''foo-a%cc%88.html",
    "attachment; filename*=iso-8859-1''foo-%c3%a4-%e2%82%ac.html",
    "attachment; filename*=utf-8''foo-%E4.html",
    "attachment; filename *=UTF-8''foo-%c3%a4.html",
    "attachment; filename*= UTF-8''foo-%c3%a4.html",
    "attachment; filename* =UTF-8''foo-%c3%a4.html",
    "attachment; filename*=\"UTF-8''foo-%c3%a4.html\"",
    'attachment; filename*="foo%20bar.html"',
    "attachment; filename*=UTF-8'foo-%c3%a4.html",
    "attachment; filename*=UTF-8''foo%",
    "attachment; filename*=UTF-8''f%oo.html",
    "attachment; filename*=UTF-8''A-%2541.html",
    "attachment; filename*=UTF-8''%5cfoo.html",
    "attachment; filename*=UTF-8'en'foo.html",
    "attachment; filename*=x''foo.html",
    "attachment; filename*=UTF-16''%00f%00o",
    "attachment; filename=\"foo.html\"; filename*=UTF-8''bar.html",
    "attachment; filename*=UTF-8''bar.html; filename=\"foo.html\"",
    'attachment; filename*0="foo."; filename*1="html"',
    'attachment; filename*0="foo"; filename*1="\\b\\a\\r.html"',
    "attachment; filename*0*=UTF-8''foo-%c3%a4; filename*1=\".html\"",
    'attachment; filename*0="foo"; filename*01="bar"',
    'attachment; filename*0="foo"; filename*2="bar"',
    'attachment; filename*1="foo."; filename*2="html"',
    'attachment; filename*1="bar"; filename*0="foo"',
    "attachment; filename*0*=ISO-8859-15''euro-sign%3d%a4; filename*=ISO-8859-1''currency-sign%3d%a4",
    'attachment; foobar=x; filename="foo.html"',
    "attachment; filename==?ISO-8859-1?Q?foo-=E4.html?=",
    'attachment; filename="=?ISO-8859-1?Q?foo-=E4.html?="',
    'attachment; filename="=?UTF-8?B?Zm9vLeQuaHRtbA==?="',
]

_CLIMBING = r"""
../../climbed ..\..\climbed /etc/climbed \\server\climbed C:\climbed C:climbed .. . ... ~/climbed .bashrc .ssh/authorized_keys
-rf con.txt NUL $(id) `id` x/../../climbed file:///climbed
""".split()
_CLIMBING += ["x" * 4096, "a\tb", " "]
CLIMBING = (
    [f'attachment; filename="{each}"' for each in _CLIMBING]
    + [f"attachment; filename={each}" for each in _CLIMBING[:4]]
    + [
        "attachment; filename*=UTF-8''" + each
        for each in (
            "..%2f..%2fclimbed",
            "%2e%2e%2fclimbed",
            "%2fetc%2fclimbed",
            "..%5cclimbed",
            "a%00b",
            "a%0d%0aX: y",
            "%c0%ae%c0%ae%2fx",
        )
    ]
)

DISPOSITIONS = INLINE + ATTACHMENT + BROKEN + PARAMETERS + EXTENDED + CLIMBING
