// Values put into a JSON text: where JSON Patch would put them, and every other byte as it was.

import Testing

@testable import Replicate

struct JSONEditTests {
    private static let document = #" {"a" : 1.0, "list":[ 1 ,{"b":[]}] , "":{}, "x/y~z": "é", "twice":1, "twice":2 } "#

    /// Pointer, the pointer it stands for, and what of the document becomes what.
    @Test(arguments: [
        ("/a", "/a", "1.0", "NEW"), ("/list/0", "/list/0", "[ 1 ,", "[ NEW ,"),
        ("/list/1", "/list/1", #"{"b":[]}"#, "NEW"), ("/list/2", "/list/2", "[]}]", "[]},NEW]"),
        ("/list/-", "/list/2", "[]}]", "[]},NEW]"), ("/list/1/b/-", "/list/1/b/0", "[]", "[NEW]"),
        ("/list/1/b/0", "/list/1/b/0", "[]", "[NEW]"), ("/list/1/c", "/list/1/c", "[]}", #"[],"c":NEW}"#),
        ("/", "/", #""":{}"#, #""":NEW"#), ("//new", "//new", #""":{}"#, #""":{"new":NEW}"#),
        ("/x~1y~0z", "/x~1y~0z", "\"é\"", "NEW"), ("/n~1w\"", "/n~1w\"", "2 }", #"2 ,"n/w\"":NEW}"#),
        ("/twice", "/twice", #""twice":2"#, #""twice":NEW"#), ("/-", "/-", "2 }", #"2 ,"-":NEW}"#),
    ])
    func places(_ pointer: String, _ resolved: String, _ old: String, _ new: String) throws {
        let json = try JSON(validating: Self.document)
        let place = try #require(json.place(at: pointer))
        #expect(place.pointer == resolved)
        let whole = json.rawText
        let changed = json.putting(JSON("v"), at: place)
        let expected = whole.replacing(old, with: new.replacing("NEW", with: "\"v\""), maxReplacements: 1)
        #expect(changed.rawText == expected)
        #expect(try JSON(validating: changed.rawText)[pointer: resolved]?.string == "v")
    }

    @Test(arguments: [
        "", "a", "/a/b", "/b/c", "/list/3", "/list/01", "/list/-1", "/list/x", "/list/-/x", "/x/y", "/~2", "/a~", "/list/",
    ])
    func leadsNowhere(_ pointer: String) throws {
        #expect(try JSON(validating: Self.document).place(at: pointer) == nil)
        #expect(try JSON(validating: "[]").place(at: "") == nil && JSON(validating: "1").place(at: "/a") == nil)
    }

    @Test func replacesSeveralAtOnceInAnyOrder() throws {
        let json = try JSON(validating: #"{"a":null,"b":[null,{"c":null}],"d":1}"#)
        let all = ["/b/1/c", "/a", "/b/0"].map { ($0, JSON($0)) }
        for order in [all, all.reversed(), [all[1], all[0], all[2]]] {
            #expect(json.replacing(order)?.rawText == #"{"a":"/a","b":["/b/0",{"c":"/b/1/c"}],"d":1}"#)
        }
        #expect(json.replacing([])?.rawText == json.rawText)
        #expect(json.replacing([("/nothing", .null)]) == nil)
        #expect(
            json.replacing([("/b", .null), ("/b/0", .null)]) == nil && json.replacing([("/a", .null), ("/a", .null)]) == nil)
    }
}
