"""Texts that programs have stumbled over, in the manner of the Big List of Naughty Strings; these are of our own. All of them are
Unicode, and most are what people do type."""

import random
import unicodedata

SEED = 20261122

WORDS = """
undefined undef null NULL (null) nil NIL true false True False TRUE FALSE None NaN nan Infinity -Infinity inf hasOwnProperty
then constructor __proto__ __index __gc __tostring __jsontype self this new end function return goto \\ \\\\ / // . .. ... ~ -
-- --- _ * 0 1 1.00 $1.00 1/2 1E2 1E02 1E+02 -1 -1.00 -$1.00 -1/2 -1E2 1/0 0/0 -2147483648 -9223372036854775808 -0 -0.0 +0
+0.0 0.00 0..0 . 0.0.0 0,00 0,,0 , 0,0,0 0.0/0 1.0/0.0 0,0/0 --1 -. -,
999999999999999999999999999999999999999999999999999999999999999999999999999 0x0 0xffffffff 0xabad1dea
123456789012345678901234567890123456789 1,000.00 1000.00 01000.00 08 09 2.2250738585072011e-308 1e309 ,./;'[]\\-= <>?:"{}|_+
!@#$%^&*()`~ "" '' " ' "'" '"' `` %s %d %n %x %p %1 %% %%1 %b() %f[%w] %z %s%s%s%s%s {0} {} {{}} ${x} $(x) #{x} {{7*7}}
{%25x%25} <%=x%> @{x} \\0 \\x00 \\u0000 \\n \\r\\n \\t %00 %0a %0d%0a %2e%2e%2f %252e ..%2f ..\\ ../../../etc/passwd
/etc/passwd C:\\ \\\\host\\share file:///etc/passwd CON PRN AUX NUL COM1 LPT1 nul.txt CLOCK$ a: .bashrc .git -rf --help
--version -la ;ls |ls &ls &&ls `ls` $(ls) $HOME $ENV{'HOME'} %HOME% ~root !! !$ <(ls) >(ls) 2>&1 {a,b} [a-z] a=b export%20x '
OR '1'='1 ' OR 1=1 -- ; DROP TABLE users 1;DROP_TABLE_users 1'; %' "; ') /* */ /*!40101 eval('x') require('x') os.exit()
loadstring('x') system('x') {"$gt":""} [{}] {"a": [] } <script>alert(0)</script> <img/src=x/onerror=alert(1)>
javascript:alert(1) data:text/html,x <svg><script>0 <!--x--> <![CDATA[x]]> &lt; &amp;lt; &#0; &#x0; &nbsp; &apos; <?xml?>
<!DOCTYPE/x[<!ENTITY/e/SYSTEM"file:///etc/passwd">]> <a/href='javascript:x'> "><script>x</script> ABC<div/style="x">
http://a/%%30%30 https://a:b@c.d/ http://[::1]/ //x xn--nxa http://\u4e2d.\u4e2d mailto:a@b data:,x data:image/png;base64,AAAA
whsec_x r8_x v1,AAAA Bearer Authorization:x Set-Cookie:x HTTP/1.1 GET/x chunked event:x data:x id:1 :comment retry:1
"""

#: One in each line; where there is more than ASCII, or a space.
LINES = """
\u2019 \u201c \u201d quotes of books
\u0439\u0446\u0443\u043a\u0435\u043d \u0415\u0434\u0430
\u0410\u0411\u0412\u0413\u0414\u0415\u0401\u0416\u0417
\u03a9\u2248\u00e7\u221a\u222b\u02dc\u00b5\u2264\u2265\u00f7
\u00e5\u00df\u2202\u0192\u00a9\u02d9\u2206\u02da\u00ac\u2026\u00e6
\u0153\u2211\u00b4\u00ae\u2020\u00a5\u00a8\u02c6\u00f8\u03c0
\u00a1\u2122\u00a3\u00a2\u221e\u00a7\u00b6\u2022\u00aa\u00ba\u2013\u2260
\u00b8\u02db\u00c7\u25ca\u0131\u02dc\u00c2\u00af\u02d8\u00bf
\u2080\u2081\u2082 \u2070\u2074\u2075 \u0e14\u0e49\u0e49\u0e49\u0e49\u0e49\u0e47\u0e47\u0e47\u0e47
\u7530\u4e2d\u3055\u3093\u306b\u3042\u3052\u3066\u4e0b\u3055\u3044
\u548c\u88fd\u6f22\u8a9e \u90e8\u843d\u683c \uc0ac\ud68c\uacfc\ud559\uc6d0 \ucc26\ucc28\ub97c
\U00020c5b\U00022e89 \U0002070e\U00020c49
\uff41\uff42\uff43\uff0f\uff0e\uff0e \uff1csc\uff1e
(\uff9f\u0414\uff9f) (\u256f\u00b0\u25a1\u00b0\uff09\u256f\ufe35 \u253b\u2501\u253b)
\u0ca0_\u0ca0 \u00af\\_(\u30c4)_/\u00af ( \u0361\u00b0 \u035c\u0296 \u0361\u00b0)
\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f44b\U0001f3fd
\U0001f1fa\U0001f1f8\U0001f1f7\U0001f1fa\U0001f1f8 \U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f
0\ufe0f\u20e3 1\ufe0f\u20e3 \u2764\ufe0f\u200d\U0001f525
\uff11\uff12\uff13 \u0661\u0662\u0663 \u0967\u0968\u0969 \U0001d7d8\U0001d7d9
\u05d1\u05b0\u05bc\u05e8\u05b5\u05d0\u05e9\u05b4\u05c1\u05d9\u05ea\u05d4\u05b7\u05d9\u05b0\u05ea\u05b8\u05d4
\u0645\u064f\u0646\u064e\u0627\u0642\u064e\u0634\u064e\u0629\u064f \ufdfd \ufdfa
\u0627\u0644\u0643\u0644 \u0641\u064a test \u0627\u0644\u0645\u062c\u0645\u0648 \u062a\u064a
\u202a\u202atest\u202a \u202btest\u202b \u2066test\u2067 \u202egpj.exe
\u1680\u169b\u169a \u1361 \u3000 \u2003\u2009\u200a
Z\u0321\u035e\u0333\u0320\u0308\u034a\u036f a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308 l\u0335\u0336g\u0337o\u0338
\u02d9\u0250nb\u1d09l\u0250 \u0250u\u0183\u0250\u026f \u01dd\u0279olop
\U0001d413\U0001d421\U0001d41e \U0001d57f\U0001d58d\U0001d58a \u24d0\u24d1 \U0001f170\U0001f171
e\u0301 \u00e9 \u1e9b\u0323 \ufb01 \u212b \u0130 \u0131 \u1e9e \u00df \u01c5 \u0345 \u03c2
\u200b \u200c \u200d \u2060 \u00ad \ufeff \ufffc \ufffd \u180e \u061c
\u2028 line and paragraph \u2029 and next \u0085 line
\U000e0001\U000e0020 \ufff9\ufffa\ufffb \U0001d173
Power\u0644\u064f\u0644\u064f\u0635\u0651\u0628\u064f\u0644\u064f\u0644\u0635\u0651\u0628\u064f\u0631\u0631\u064b
\u0963 \u0963h \u0963 \u0963\u5197
\u0c9c\u0ccd\u0c9e\u200c\u0cbe \u0c1c\u0c4d\u0c1e\u200c\u0c3e
if you're reading this, you've been in a coma for almost 20 years now
The quick brown fox... [Press ENTER]
 a space before and after 
   
\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b31m
\x00 \x00\x00 a\x00b \x01\x02\x03\x7f
a\r\nb a\nb a\rb a\tb a\x0bb a\x0cb a\x1cb a\x1fb
https://replicate.delivery/x/out.png?a=b&c=d#e and text behind it
https://a/\u200b https://a/\u202e https://a/ b
deployments/a/b a/b:c a/b
event: done\ndata: {}\n\n
--boundary\r\nContent-Disposition: form-data; name="x"\r\n\r\n
{"a": "b"} ["a", 1] "a"
\ufffe\uffff \ufdd0 \U0001fffe\U0010ffff
\ud7ff\ue000 \U00010000 \U0010fffd \uf8ff
"""


def each_alone():
    """Each control, space, mark of direction and border of Unicode by itself, and between letters."""
    codes = [
        *range(0x21),
        *range(0x7F, 0xA1),
        0xAD,
        0x600,
        0x61C,
        0x7FF,
        0x800,
        0x1680,
        0x180E,
        *range(0x2000, 0x2010),
        0x2028,
        0x2029,
    ]
    codes += [*range(0x202A, 0x2030), 0x205F, *range(0x2060, 0x2070), 0x3000, 0xD7FF, 0xE000, *range(0xFDD0, 0xFDD4), 0xFEFF]
    codes += [
        *range(0xFFF9, 0x10000),
        0x10000,
        0x1FFFE,
        0x1FFFF,
        0xE0001,
        0xE0020,
        0xE007F,
        0xF0000,
        0xFFFFF,
        0x100000,
        0x10FFFD,
        0x10FFFF,
    ]
    for code in codes:
        yield chr(code)
    for code in codes[:33]:
        yield f"a{chr(code)}b"


def mixed(count):
    """Of everything, by the seed."""
    numbers = random.Random(SEED)
    while count > 0:
        text = "".join(
            chr(numbers.choice((numbers.randrange(0x80), numbers.randrange(0x3000), numbers.randrange(0x110000))))
            for _ in range(numbers.randint(1, 40))
        )
        if not any(unicodedata.category(c) == "Cs" for c in text):
            count -= 1
            yield text


def unique(texts):
    return list(dict.fromkeys(texts))


WHOLE = unique(
    [
        "",
        *WORDS.split(),
        *LINES.strip("\n").split("\n"),
        *each_alone(),
        "a" * 1000,
        "\u00e9" * 1000,
        "\U0001f680" * 1000,
        '"' * 1000,
        "\\" * 1000,
    ]
)
TEXTS = [*WHOLE, *mixed(max(0, 515 - len(WHOLE)))]

#: No Unicode: as bytes. What each is, and its place of the first that is wrong.
BROKEN = [
    ("half of a pair", b"\xed\xa0\xbd", 0),
    ("the other half", b"\xed\xba\x80", 0),
    ("a pair in UTF-8", b"a\xed\xa0\xbd\xed\xba\x80", 1),
    ("an overlong slash", b"ab\xc0\xaf", 2),
    ("an overlong NUL", b"\xc0\x80", 0),
    ("overlong in 3", b"\xe0\x80\xaf", 0),
    ("overlong in 4", b"\xf0\x80\x80\xaf", 0),
    ("above U+10FFFF", b"abc\xf4\x90\x80\x80", 3),
    ("5 bytes", b"\xf8\x88\x80\x80\x80", 0),
    ("6 bytes", b"\xfc\x84\x80\x80\x80\x80", 0),
    ("a continuation alone", b"a\x80", 1),
    ("cut after 1", b"\xe2", 0),
    ("cut after 2", b"x\xe2\x82", 1),
    ("cut after 3", b"\xf0\x9f\x9a", 0),
    ("cut by a letter", b"\xe2\x82a", 0),
    ("Latin-1", b"caf\xe9", 3),
    ("0xFE", b"\xfe", 0),
    ("0xFF", b"\xff", 0),
    ("UTF-16", "a\u4e2d".encode("utf-16"), 0),
    ("a picture", b"\x89PNG\r\n\x1a\n", 0),
    ("late in a long one", b"x" * 5000 + b"\xff", 5000),
]
