// JSON Pointer: the example of RFC 6901 section 5, and what is not a pointer or leads nowhere.

import Testing

@testable import Replicate

struct JSONPointerTests {
    static let document = #"""
        {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\j": 5, "k\"l": 6, " ": 7, "m~n": 8}
        """#

    @Test(arguments: [
        ("/foo", #"["bar", "baz"]"#), ("/foo/0", #""bar""#), ("/foo/1", #""baz""#), ("/", "0"), ("/a~1b", "1"),
        ("/c%d", "2"),
        ("/e^f", "3"), ("/g|h", "4"), ("/i\\j", "5"), ("/k\"l", "6"), ("/ ", "7"), ("/m~0n", "8"), ("", document),
    ])
    func exampleOfTheRFC(_ pointer: String, _ expected: String) throws {
        let json = try JSON(validating: Self.document)
        #expect(json[pointer: pointer]?.rawText == expected)
    }

    @Test(arguments: [
        "foo", "#/foo", "foo/0", "/foo/2", "/foo/-", "/foo/-1", "/foo/01", "/foo/00", "/foo/+1", "/foo/1e0", "/foo/ 1",
        "/foo/",
        "/foo/0/", "/foo/0/x", "/foo/99999999999999999999", "/foo/\u{661}", "/Foo", "/nothing", "/nothing/more", "//",
        "/ /x",
        "/a/b", "/m~n", "/m~2n", "/m~", "/a~01b", "/~", "/foo~", "/m~00n",
    ])
    func leadsNowhere(_ pointer: String) throws {
        let json = try JSON(validating: Self.document)
        #expect(json[pointer: pointer] == nil)
    }

    @Test(arguments: [
        ("/urls/stream", "\"s\""), ("/output/10", "10"), ("/output/0", "0"), ("/~01", "\"tilde one\""),
        ("/a//b", "\"empty between\""),
        ("/0/00", "\"members, not indexes\""), ("/\u{301}x", "\"combining\""), ("/é/~1", "\"slash\""),
    ])
    func walks(_ pointer: String, _ expected: String) throws {
        let json = try JSON(
            validating: """
                {"urls": {"stream": "s"}, "output": [0,1,2,3,4,5,6,7,8,9,10], "~1": "tilde one",
                 "a": {"": {"b": "empty between"}},
                 "0": {"00": "members, not indexes"}, "\u{301}x": "combining", "é": {"/": "slash"}}
                """)
        #expect(json[pointer: pointer]?.rawText == expected)
    }

    @Test func aTildeBeforeACombiningMarkIsAnErrorToo() throws {
        let json = try JSON(validating: "{\"~\u{301}\": 1}")
        #expect(json[pointer: "/~\u{301}"] == nil)
        #expect(json[pointer: "/~0\u{301}"]?.rawText == "1")
    }

    @Test func ofDuplicateNamesThePointerTakesTheLast() throws {
        let json = try JSON(validating: #"{"a":{"b":1},"a":{"c":2}}"#)
        #expect(json[pointer: "/a/b"] == nil)
        #expect(json[pointer: "/a/c"]?.integer == 2)
    }
}
