"""Texts that are JSON by RFC 8259, that are not, and of which it leaves open what a reader does. Written from its grammar, in the
manner of JSONTestSuite."""


def cut(text):
    """Each beginning of a text, but the whole."""
    return [text[:length] for length in range(len(text))]


ACCEPT = [
    # Any value may be the text (2), with space around each of its parts.
    *[b"0", b"-0", b"1", b"-1", b'"a"', b'""', b"true", b"false", b"null", b"[]", b"{}", b" 1", b"1 ", b" \t\n\r1\t\n\r "],
    *[b"[ ]", b"{ }", b"[\n]", b"[1 ]", b"[ 1]", b"[ 1 , 2 ]", b'{ "a" : 1 }', b'{"a"\n:\n1}', b"\n[]\n", b'{"a":1 ,"b":2}'],
    # Words, arrays, objects (3 to 5).
    *[b"[true]", b"[false]", b"[null]", b"[null,1,null]", b"[[]]", b"[[[]],[]]", b"[{}]", b"[[],{}]", b'["a"]', b"[1,2,3]"],
    *[b'[1,"a",true,null,[],{}]', b"[" * 512 + b"]" * 512, b'{"a":' * 512 + b"1" + b"}" * 512, b"[" + b"1," * 5000 + b"1]"],
    *[b'{"a":1}', b'{"":0}', b'{"a":{"b":{"c":[]}}}', b'{"a":[]}', b'{"a":{}}', b'{"a":null}', b'{"a":1,"b":2}', b'{"a":""}'],
    *[b'{"a":1,"a":2}', b'{"a":1,"a":1}', b'{"a":{"b":1},"a":{}}', b'{"a\\u0000b":1}', b'{"\\u0061":1}', b'{"\xc3\xa9":1}'],
    b'{"long":"' + b"x" * 70000 + b'"}',
    b"{" + b",".join(b'"k%d":%d' % (i, i) for i in range(300)) + b"}",
    # Numbers (6).
    *[b"[10]", b"[-10]", b"[123456789]", b"[0.5]", b"[-0.5]", b"[1.25]", b"[1e2]", b"[1E2]", b"[1e+2]", b"[1E+2]", b"[1e-2]"],
    *[b"[1E-2]"],
    *[b"[0e1]", b"[0e+1]", b"[-0.0]", b"[0.0]", b"[1e05]", b"[1.5e10]", b"[123.456e78]", b"[9007199254740991]"],
    *[b"[-9007199254740991]"],
    *[b"[5e-324]", b"[1.7976931348623157e308]", b"[2.2250738585072014e-308]", b"[0.1]", b"[3.141592653589793]"],
    *[b"[1000000000000]"],
    *[b"[-1e-7]", b"[0.00000000000000000000000000000000000001]", b"[20e1]", b"[1.0]", b"[100]"],
    # Strings (7).
    *[b'["\\""]', b'["\\\\"]', b'["\\/"]', b'["/"]', b'["\\b\\f\\n\\r\\t"]', b'["\\u0041"]', b'["\\u00e9\\u00E9"]'],
    *[b'["\\u20AC"]'],
    *[b'["\\ud83d\\ude80"]', b'["\\uD83D\\uDE80"]', b'["\\uDBFF\\uDFFF"]', b'["\\ud800\\udc00"]', b'["\\u0000"]'],
    *[b'["a\\u0000b"]'],
    *[b'["\\u2028\\u2029"]', b'["\\uffff"]', b'["\\ufffe"]', b'["\\ufdd0"]', b'["\\u007f"]', b'["\x7f"]', b'["\\u001f"]'],
    *[b'["\\\\u0041"]'],
    *[b'["\xc3\xa9"]', b'["\xe2\x82\xac"]', b'["\xf0\x9f\x9a\x80"]', b'["\xf4\x8f\xbf\xbf"]', b'["\xf0\x90\x80\x80"]'],
    *[b'["\xef\xbf\xbf"]'],
    *[b'["\xe2\x80\xa8\xe2\x80\xa9"]', b'["\xed\x9f\xbf\xee\x80\x80"]', b'["\xe2\x81\xa4"]', b'["\xef\xbb\xbf"]'],
    *[b'["\xcc\x81"]', b'["a/*b*/c//d"]'],
    *[b'["\\"\\\\\\/\\b\\f\\n\\r\\t\\u0061"]', b'["' + b"\\u0061" * 5000 + b'"]', b'[" "]', b'["[1,2]"]', b'["{}"]', b'["null"]'],
]

REFUSE = [
    # No value, or more than one.
    *[b" ", b"\n", b"\x0b1", b"\x0c1", b"[\x0b]", b"[\x0c]", b"1 2", b"1,", b"[] []", b"[]]", b"{}}", b"[1]x", b"{}x", b"[]{}"],
    *[b'"a""b"', b'"a" "b"'],
    *[b"\0", b"1\0", b"[]\0", b"\0[]", b"[\0]", b"\xc2\xa01", b"1\xc2\xa0", b"\xe2\x81\xa0[]", b"[\xe2\x81\xa0]"],
    *[b"\xe3\x80\x80[]", b"#1", b"1 # a"],
    *[b"//a\n1", b"/* a */ 1", b"[1/* a */]", b"[1] // a", b"<html></html>", b"<null>", b"[<null>]", b"&", b"*", b"$1", b"@1"],
    *[b"=", b"undefined", b"()"],
    # Words.
    *[b"True", b"TRUE", b"tru", b"truex", b"trUe", b"False", b"fals", b"falsee", b"Null", b"NULL", b"nul", b"nulll", b"nil"],
    *[b"None", b"yes", b"t"],
    *[b"NaN", b"-NaN", b"nan", b"Infinity", b"-Infinity", b"+Infinity", b"inf", b"-inf", b"[NaN]", b"[-Infinity]", b"[tru]"],
    *[b"[nul]", b"[fals]", b"[a]"],
    # Arrays.
    *[b"[", b"]", b"[1", b"[1,", b"[1,]", b"[,1]", b"[,]", b"[1,,2]", b"[1,,]", b"[1 2]", b"[1;2]", b"[1:2]", b'["a":1]', b"[1}"],
    *[b"[[1]", b"[[]", b"[[", b"(1)"],
    *[b'["a",\n', b'["a"', b"[]]]", b"[1]]", b"[\n1,\n", b"[x]", b"[1 true]", b'["a" 1]', b"[{}", b"[{]", b"[}", b"[1,,,2]"],
    *[b"[*]", b"[1,'a']"],
    # Objects.
    *[b"{", b"}", b'{"a"', b'{"a":', b'{"a":1', b'{"a":1,', b'{"a":1,}', b'{,"a":1}', b"{,}", b'{"a"}', b'{"a":}', b"{:1}"],
    *[b'{"a",1}', b'{"a":1 "b":2}'],
    *[b'{"a":1;"b":2}', b"{a:1}", b"{'a':1}", b'{"a":\'b\'}', b"{1:1}", b"{null:1}", b"{true:1}", b"{[]:1}", b"{{}:1}"],
    *[b'{"a"::1}', b'{"a":1,,"b":2}', b'{"a":1]'],
    *[b'{"a"=1}', b'{"a"=>1}', b'{"a" 1}', b'{"a":1}}', b'{"a":1}#', b'{"a":1}/', b'{"a":1}//', b'{"a":x}', b'{"a" "b"}'],
    *[b'{"a":"b" "c"}', b'{"a":1 1}', b"{}{}"],
    *[b'{"a":tru}', b'{"a" : }', b'{"a":1,"b"}', b'{"a":1,"b":}', b'{"a":1,"b":2,}', b'{"a":1,2}', b'{x"a":1}', b'{"a"x:1}'],
    *[b"{-}", b"{#}", b'{"a":{}', b'{"a":[}'],
    # Numbers.
    *[b"00", b"01", b"-01", b"-", b"--1", b"+1", b"++1", b"- 1", b"1.", b".5", b"-.5", b"1.e1", b".e1", b"1e", b"1e+", b"1e-"],
    *[b"1E", b"1e1.5", b"1.2.3", b"1ee2"],
    *[b"0x10", b"0x1p3", b"0b1", b"0o7", b"1_000", b"1,5", b"1a", b"00.5", b"1e++2", b"1e+-2", b"-a", b"-true", b"1 000"],
    *[b"1'000", b"1f", b"1L", b"1n", b"012"],
    *[b"[-]", b"[1.]", b"[.1]", b"[+1]", b"[01]", b"[-01]", b"[1e]", b"[0.e1]", b"[0e]", b"[0e+]", b"[2.e3]", b"[2.e+3]"],
    *[b"[-2.]", b"[1+2]", b"[1-2]", b"[- 1]", b"[-1x]"],
    *[b"[\xef\xbc\x91]", b"[1\xe5]", b"[0x42]", b"[1e1\xe5]", b"[\xd9\xa1]", b"[-foo]", b"[1.0.0]", b"[9.e+]"],
    *[b"[1.8011670033376514H-308]", b"[1e1e1]", b"[0.3e]", b"[0.1e+]"],
    # Strings.
    *[b'"a', b'"', b'"\\"', b'"a\\', b"'a'", b"a", b'"\n"', b'"\t"', b'"\0"', b'"\x1f"', b'"\r\n"', b'["\x01"]', b'"a\nb"'],
    *[b'["a\x00b"]', b'["\x08"]', b'["\x0c"]'],
    *[b'"\\a"', b'"\\x41"', b'"\\0"', b"\"\\'\"", b'"\\U0041"', b'"\\ "', b'"\\u"', b'"\\u0"', b'"\\u00"', b'"\\u004"'],
    *[b'"\\u004g"', b'"\\u+041"', b'"\\u 041"'],
    *[b'"\\u{41}"', b'"\\ud83d\\u"', b'"\\ud83d\\u12"', b'"\\ud83d\\', b'"\\ud83d\\u12', b'"\\v"', b'"\\1"', b'"\\\n"'],
    *[b'"\\\xc3\xa9"', b'"\\\xff"', b'["\\u00A"]'],
    *[b'["\\', b'["', b'["\\"]', b'["\\\\\\"]', b'["\xc3\xa9', b"`a`", b'"""a"""', b'R"a"', b'"a"+"b"'],
    *[b"\xe2\x80\x9ca\xe2\x80\x9d", b'["\\uD834\\uDd"]', b'["\\u"]'],
    # Deeper than is published.
    *[b"[" * 513 + b"]" * 513, b'{"a":' * 513 + b"1" + b"}" * 513, b"[" * 100_000, b'{"a":' * 100_000],
    *[b"[" * 100_000 + b"]" * 100_000],
    *cut(b'{"a":[1,-2.5e3,"\\u00e9\\n",{"b":true}]}'),
]

UTF8 = [  # Not UTF-8: JSON that systems exchange must be (8.1).
    *[b'["\x80"]', b'["\xbf"]', b'["\xc0\x80"]', b'["\xc0\xaf"]', b'["\xc1\xbf"]', b'["\xc3"]', b'["\xc3a"]'],
    *[b'["\xe0\x80\xaf"]', b'["\xe0\x9f\xbf"]'],
    *[b'["\xe2\x82"]', b'["\xe2\x82a"]', b'["\xed\xa0\x80"]', b'["\xed\xbf\xbf"]', b'["\xed\xa0\xbd\xed\xba\x80"]'],
    *[b'["\xf0\x80\x80\xaf"]'],
    *[b'["\xf0\x8f\xbf\xbf"]', b'["\xf0\x9f\x9a"]', b'["\xf4\x90\x80\x80"]', b'["\xf5\x80\x80\x80"]'],
    *[b'["\xf8\x88\x80\x80\x80"]', b'["\xfc\x84\x80\x80\x80\x80"]'],
    *[b'["\xfe"]', b'["\xff"]', b'["a\xe5"]', b'{"\xff":1}', b'{"a\xc3":1}', b'{"a":{"b":["\xf0\x9f\x9a"]}}', b"\xff", b"[\xff]"],
    *[b'["\xe9"]', b'["\xfc"]'],
    *['["a"]'.encode(name) for name in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be")],
    *[b"\xfe\xff", b"\xff\xfe"],
]

#: Each with what is published of it: "value", or the error's kind.
EITHER = [
    *[(b"\xef\xbb\xbf" + text, "value") for text in (b"1", b"[]", b' {"a":1}')],
    *[(text, "protocol") for text in (b"\xef\xbb\xbf", b"\xef\xbb\xbf\xef\xbb\xbf1", b" \xef\xbb\xbf1", b"\xef\xbb")],
    *[(text, "protocol") for text in (b"[\xef\xbb\xbf1]",)],
    # Beyond what a number of 64 bits holds: infinite, or 0, or as near as it gets.
    *[(text, "value") for text in (b"[1e309]", b"[-1e309]", b"[1e-400]", b"[0.4e00669999999999999999999999999999999999999]")],
    *[(text, "value") for text in (b"[-1e9999]", b"[1e-9999]")],
    *[(text, "value") for text in (b"[9223372036854775807]", b"[9223372036854775808]", b"[-9223372036854775809]")],
    *[(text, "value") for text in (b"[18446744073709551616]", b"[1" + b"0" * 400 + b"]")],
    *[(text, "value") for text in (b"[123123e100000]", b"[" + b"9" * 1000 + b"]", b"[0." + b"1" * 5000 + b"]")],
    *[(text, "value") for text in (b"[9007199254740993]",)],
    # Halves of surrogate pairs: U+FFFD.
    *[(b'["%s"]' % text, "value") for text in (b"\\ud83d", b"\\ude80", b"\\ud83dx", b"\\ud83d\\n", b"\\ud83d\\u0041")],
    *[(b'["%s"]' % text, "value") for text in (b"\\ud83d\\ud83d\\ude80",)],
    *[(b'["%s"]' % text, "value") for text in (b"\\ude80\\ud83d", b"\\udfff", b"\\ud800", b"\\udbff\\udbff", b"x\\udc00y")],
    *[(b'["%s"]' % text, "value") for text in (b"\\uD888\\u1234", b"\\ud800\\\\")],
    (b'{"\\ud800":1}', "value"),
    (b'{"a":1,"a":null}', "value"),
    (b'{"__proto__":{},"__index":1,"__gc":2,"n":3,"#":4}', "value"),
]
