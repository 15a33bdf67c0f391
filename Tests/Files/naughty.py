"""Texts that programs stumble over, by the kind of program, as lists of such texts have them; all made here. NAMES has them all.
It has the sections of the list that is best known, in words of its own."""

RESERVED = """undefined undef null NULL (null) nil NIL true false True False TRUE FALSE None hasOwnProperty then constructor
__proto__ prototype toString valueOf \\ \\\\ this self NaN Infinity default void""".split()

NUMBERS = """
0 1 1.00 $1.00 1/2 1E2 1E02 1E+02 -1 -1.00 -$1.00 -1/2 -1E2 1/0 0/0 -2147483648/-1 -9223372036854775808/-1 -0 -0.0 +0 +0.0
0.00 0..0 . 0.0.0 0,00 0,,0 , 0,0,0 0.0/0 1.0/0.0 0,0/0,0 --1 - -. -, 99999999999999999999999999999999999999999999 inf -inf 1#INF
-1#IND 1#QNAN 0x0 0xffffffff 0xffffffffffffffff 0xabad1dea 123456789012345678901234567890123456789 1,000.00 1 000.00 1'000.00
1.000,00 01000 08 09 2.2250738585072011e-308 4e-324 1.7976931348623157e309 ٠١٢٣٤٥٦٧٨٩ Ⅷ ½ ²""".split()

PUNCTUATION = [
    ",./;'[]-=",
    '<>?:"{}|_+',
    "!@#$%^&*()`~",
    "'",
    '"',
    "''",
    '""',
    "'\"'",
    "\"''''\"'\"",
    "\"'\"'\"''''\"",
    "``",
    "`",
    "\\",
    '\\"',
    "%",
    "%s",
    "%n%n%n%n",
    "%x%x%x%d",
    "%22",
    "%0D%0A",
    "%00",
    ";",
    ";;",
    "=",
    "a=b",
    "a; filename=b",
    'a"; filename="b',
    'a"; name="metadata',
    "a'; x='",
    "&lt;&quot;&#13;&#10;",
    "a\tb",
    "<foo val=“bar” />",
    "<foo val=`bar' />",
]

#: Of control characters each one; 0 is refused.
CONTROLS = [f"a{chr(code)}b" for code in (*range(1, 32), 127, *range(128, 160))]

#: Each kind of space, mark, and what does not show.
INVISIBLE = [
    f"a{chr(code)}b"
    for code in (
        *(0xA0, 0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x1680, 0x17B4, 0x17B5, 0x180E),
        *range(0x2000, 0x2010),
        *range(0x2028, 0x2030),
        *range(0x205F, 0x2070),
        *(0x3000, 0x2800, 0x3164, 0xFEFF, 0xFFA0, 0xFFF9, 0xFFFA, 0xFFFB, 0xFFFC, 0xFFFD, 0xFFFE, 0xFFFF),
        *(0xE0001, 0xE0020, 0xE007F, 0xE000, 0xF0000, 0x10FFFD, 0x10FFFF, 0x1D173, 0x1BCA0),
    )
]

SYMBOLS = [
    "Ω≈ç√∫˜µ≤≥÷",
    "åß∂ƒ©˙∆˚¬…æ",
    "œ∑´®†¥¨ˆøπ“‘",
    "¡™£¢∞§¶•ªº–≠",
    "¸˛Ç◊ı˜Â¯˘¿",
    "ÅÍÎÏ˝ÓÔ\uf8ffÒÚÆ☃",
    "Œ„´‰ˇÁ¨ˆØ∏”’",
    "`⁄€‹›ﬁﬂ‡°·‚—±",
    "⅛⅜⅝⅞",
    "ЁЂЃЄЅІЇЈЉЊЋЌЍЎЏАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ",
    "абвгдежзийклмнопрстуфхцчшщъыьэюя",
    "⁰⁴⁵",
    "₀₁₂",
    "⁰⁴⁵₀₁₂",
    "ด้้้้้็็็็็้้้้้็็็็็้้้้้้้้็็็็็้้้้้็็็็็ ด้้้้้็็็็็",
    "﷽",
    "꧅",
    "㍿㌔㍉",
    "田中さんにあげて下さい",
    "パーティーへ行かないか",
    "和製漢語",
    "部落格",
    "사회과학원 어학연구소",
    "찦차를 타고 온 펲시맨과 쑛다리 똠방각하",
    "社會科學院語學研究所",
    "울란바토르",
    "𠜎𠜱𠝹𠱓𠱸𠲖𠳏",
    "Ⱥ",
    "ȺȾ",
    "ヽ༼ຈل͜ຈ༽ﾉ ヽ༼ຈل͜ຈ༽ﾉ",
    "(｡◕ ∀ ◕｡)",
    "｀ｨ(´∀｀∩",
    "__ﾛ(,_,*)",
    "・(￣∀￣)・:*:",
    "ﾟ･✿ヾ╲(｡◕‿◕｡)╱✿･ﾟ",
    "(╯°□°）╯︵ ┻━┻)",
    "( ͡° ͜ʖ ͡°)",
    "ß ẞ ŉ ǰ ΐ ﬀ İ ı ſ K Å",
]

EMOJI = [
    "😍",
    "👩🏽",
    "👨‍🦰 👨🏿‍🦰 👨‍🦱",
    "👾 🙇 💁 🙅 🙆 🙋 🙎 🙍",
    "🐵 🙈 🙉 🙊",
    "❤️ 💔 💌 💕",
    "👨‍👩‍👧‍👦",
    "👩‍👩‍👧‍👦 👨‍👨‍👦",
    "0️⃣ 1️⃣ 2️⃣ 🔟",
    "🇺🇸🇷🇺🇸 🇦🇫🇦🇲🇸",
    "🇺🇸🇷🇺🇸🇦🇫🇦🇲",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "\U0001f3f3\ufe0f\u200d\U0001f308",
    "１２３",
    "\u200d\u200d\u200d",
    "\ufe0f",
    "\U0001f1e6",
]

RIGHT_TO_LEFT = [
    "ثم نفس سقطت وبالتحديد",
    "בְּרֵאשִׁית, בָּרָא אֱלֹהִים",
    "הָיְתָהtestالصفحات التّحول",
    "مُنَاقَشَةُ سُبُلِ اِسْتِخْدَامِ اللُّغَةِ",
    "الكل في المجمو عة (5)",
    "\u202agif.exe\u202c",
    "photo\u202egnp.exe",
    "\u202btest\u202b",
    "\u2066test\u2067",
    "\u2067\u2066\u2069",
    "\u200ftest\u200e",
    "چو ایران نباشد تن من مباد",
]

ZALGO = ["Z" + chr(0x300 + first) * 5 + "a" + chr(0x330 + first) * 20 + "lgo" for first in range(0, 24)] + ["e" + "\u0301" * 300]

LETTERS = "The quick brown fox"
STYLED = [
    "".join(chr(base + ord(each) - 97) if each.islower() else each for each in LETTERS.lower())
    for base in (0x1D41A, 0x1D44E, 0x1D482, 0x1D4EA, 0x1D51E, 0x1D552, 0x1D5BA, 0x1D5EE, 0x1D68A, 0x24D0, 0x249C, 0xFF41)
] + ["˙ɐnbᴉlɐ ɐuƃɐɯ ǝɹolop", "00˙Ɩ$-", "᚛ᚄᚓᚐᚋᚒᚄ ᚑᚄᚂᚑᚏᚅ᚜", "⠍⠽ ⠙⠕⠛", "𝕿𝖍𝖊 𝖖𝖚𝖎𝖈𝖐"]

TAGS = ["script", "img src=x onerror", "svg/onload", "iframe src", "a href", "body onload", "marquee", "object data", "video/src"]
BREAKERS = ["", '"', "'", "'>", '">', "</title>", "-->", "</textarea>", "*/", "]]>"]
SCRIPTS = [f"{before}<{tag}=alert(1)>" for tag in TAGS for before in BREAKERS] + [
    f'<a href="{mark}javascript:alert({n})">x</a>' for n, mark in enumerate("\x01\x02\x08\x09\x0a\x0b\x0c\x0d\x1f\u00a0\u2003")
]

INJECTIONS = [
    "1;DROP TABLE users",
    "1'; DROP TABLE users-- 1",
    "' OR 1=1 -- 1",
    "' OR '1'='1",
    "'; EXEC sp_MSForEachTable 'DROP TABLE ?'; --",
    '" or ""="',
    "-- -",
    "--help",
    "--version",
    "-rf",
    "- ",
    "/dev/null; touch /tmp/blns.fail ; echo",
    "`touch /tmp/blns.fail`",
    "$(touch /tmp/blns.fail)",
    '@{[system "touch /tmp/blns.fail"]}',
    "| cat /etc/passwd",
    "; cat /etc/passwd",
    "& ping -c 1 127.0.0.1",
    "&& true",
    "|| true",
    "> /tmp/x",
    "< /etc/passwd",
    "$HOME",
    "$ENV{'HOME'}",
    "${HOME}",
    "%HOME%",
    "%d",
    "%*.*s",
    "~",
    "~root",
    "!!",
    "!$",
    "{0}",
    "{{7*7}}",
    "${7*7}",
    "#{7*7}",
    "<%= 7*7 %>",
    "{% print 'x' * 64 * 1024**3 %}",
    '{{ "".__class__.__mro__[2].__subclasses__()[40]("/etc/passwd").read() }}',
    "eval(\"puts 'hello world'\")",
    'System("ls -al /")',
    "`ls -al /`",
    'Kernel.exec("ls -al /")',
    "Kernel.exit(1)",
    "%x('ls -al /')",
    "os.execute('true')",
    "require('os').exit(1)",
    "]] .. os.exit(1) .. [[",
    '<?xml version="1.0"?><!DOCTYPE foo [<!ENTITY xxe SYSTEM "file:///etc/passwd">]><foo>&xxe;</foo>',
    '<!--#exec cmd="ls"-->',
    "() { 0; }; touch /tmp/blns.shellshock1.fail;",
    "() { _; } >_[$($())] { touch /tmp/blns.fail; }",
    "<<< %s(un='%s') = %u",
    "+++ATH0",
    "=cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "DCC SEND STARTKEYLOGGER 0 0 0",
    "${jndi:ldap://127.0.0.1/a}",
    "x\u2019 OR 1=1",
    "\uff07 OR 1=1",
]

PATHS = [
    "../../../../../../../../../../../etc/passwd%00",
    "../../../../../../../../../../../etc/hosts",
    "..\\..\\..\\windows\\win.ini",
    "/etc/passwd",
    "//server/share",
    "\\\\server\\share",
    "C:\\x",
    "C:x",
    "file:///etc/passwd",
    "..",
    ".",
    "...",
    "....//",
    "./x",
    "../x",
    ".hidden",
    ".ssh/authorized_keys",
    "a/../b",
    "a/./b",
    "a//b",
    "a/",
    "/",
    "//",
    "\\",
    "x ",
    " x",
    "x.",
    "x. .",
    " ",
    "  ",
    "%2e%2e%2f",
    "..%c0%af",
    "..%252f",
    "\uff0e\uff0e\uff0f",
    "\u2025/x",
    "\u2215etc\u2215passwd",
    "\u29f8x",
    "a\u2044b",
    "x:stream",
    "x::$DATA",
    "x?y#z",
]

DEVICES = [
    f"{name}{end}"
    for name in ("CON", "PRN", "AUX", "NUL", "COM1", "LPT1", "CLOCK$", "A:", "ZZ:", "COM\u00b9", "CONIN$", "con", "Lst")
    for end in ("", ".txt", " .png")
]

INNOCENT = (
    """Scunthorpe Penistone Lightwater Craigcockburn Arsenal Cockermouth Linda_Callahan Dr._Herman_I._Libshitz magna_cum_laude
Super_Bowl_XXX medieval_erection_of_parapets evaluate mocha expression basement Jimmy_Clitheroe HTML-Tidy
Power_لُلُصّبُلُلصّبُررً_ॣ_ॣh_ॣ_ॣ_冗 జ్ఞ‌ా గ్లు""".split()
    + [
        "If you're reading this, you've been in a coma",
        "Roses are \x1b[0;31mred\x1b[0m",
        "But now...\x1b[20Cfor my greatest trick...\x1b[8m",
        "The quic\b\b\b\b\b\bk brown fo\a\a\a",
        "\x1b]0;title\x07",
        "\x1b]8;;file:///etc/passwd\x1b\\x",
        "\x9b31mred",
        "\u0630\u064f\u0631",
        "normal.txt",
        "n" * 255,
        "n" * 256,
        "n" * 4000 + ".png",
        "é" * 200 + ".jpeg",
        "😀" * 100,
        "a.tar.gz",
        ".png",
        "a." + "b" * 300,
    ]
)

#: What web-platform-tests send as names of files and fields in forms, by kind: letters of all encodings, quotes, line ends as
#: they are, in pairs and escaped, percent signs, and the characters that browsers escape.
FORM_NAMES = [
    "file-for-upload-in-form.txt",
    "file-for-upload-in-form-ABC~‾¥≈¤･・•∙·☼★星🌟星★☼·∙•・･¤≈¥‾~XYZ.txt",
    "file-for-upload-in-form-\u2661.txt",
    "file-for-upload-in-form-\u00a5\u203e.txt",
    "file-for-upload-in-form-NUL-[\0].txt",
    "file-for-upload-in-form-BS-[\b].txt",
    "file-for-upload-in-form-VT-[\v].txt",
    "file-for-upload-in-form-LF-[\n].txt",
    "file-for-upload-in-form-LFCR-[\n\r].txt",
    "file-for-upload-in-form-CRLF-[\r\n].txt",
    "file-for-upload-in-form-CR-[\r].txt",
    "file-for-upload-in-form-HT-[\t].txt",
    "file-for-upload-in-form-FF-[\f].txt",
    "file-for-upload-in-form-DEL-[\x7f].txt",
    "file-for-upload-in-form-ESC-[\x1b].txt",
    "file-for-upload-in-form-SPACE-[ ].txt",
    'file-for-upload-in-form-QUOTATION-MARK-["].txt',
    'file-for-upload-in-form-DOUBLE-QUOTED-"[file]".txt',
    "file-for-upload-in-form-SINGLE-QUOTED-'[file]'.txt",
    "file-for-upload-in-form-REVERSE-SOLIDUS-[\\].txt",
    "file-for-upload-in-form-EXCLAMATION-MARK-[!].txt",
    "file-for-upload-in-form-DOLLAR-SIGN-[$].txt",
    "file-for-upload-in-form-PERCENT-SIGN-[%].txt",
    "file-for-upload-in-form-QUOTED-PERCENT-[%22].txt",
    "file-for-upload-in-form-AMPERSAND-[&].txt",
    "file-for-upload-in-form-SEMICOLON-[;].txt",
    "file-for-upload-in-form-EQUALS-SIGN-[=].txt",
    '\n\r\r\n"\n\n.txt',
]

NAMES = list(
    dict.fromkeys(
        each
        for section in (
            *(
                RESERVED,
                NUMBERS,
                PUNCTUATION,
                CONTROLS,
                INVISIBLE,
                SYMBOLS,
                EMOJI,
                RIGHT_TO_LEFT,
                ZALGO,
                STYLED,
                SCRIPTS,
                INJECTIONS,
            ),
            *(PATHS, DEVICES, INNOCENT),
        )
        for each in section
    )
)
