// The id that an answer has told before it was cut.

import Testing

@testable import Replicate

struct CutJSONTests {
    @Test(arguments: [
        (#"{"id":"abc-1_Z","status":"#, "abc-1_Z"), (#"{"id":"abc""#, "abc"), (#" { "id" : "abc" , x"#, "abc"),
        (#"{"model":"x","id":"abc""#, "abc"), (#"{"a":{"id":"no"},"id":"abc"}"#, "abc"),
        (#"{"a":["id","no"],"id":"abc"}"#, "abc"),
        (#"{"a":"\"id\":\"no\"","id":"abc"}"#, "abc"), (#"{"a":"\\","id":"abc"}"#, "abc"),
        (#"{"a":1.5e3,"b":null,"id":"abc""#, "abc"),
        (#"{"id":1,"x":"no"}"#, nil), (#"{"id":null,"id":"abc"}"#, "abc"),
        (#"{"id":"abc"#, nil), (#"{"id":"#, nil), (#"{"id""#, nil), (#"{"id\"#, nil), (#"{"id":"a\"#, nil),
        ("{", nil), ("", nil),
        (#"{"x":{"id":"no""#, nil), (#"["id","no"]"#, nil), (#"[{"id":"no"}]"#, nil), (#""id""#, nil),
        (#"{"x":"id","no":"y"}"#, nil),
        (#"{"id":""}"#, nil), (#"{"id":"a b"}"#, nil), (#"{"id":"a/b"}"#, nil), (#"{"id":"a\nb"}"#, nil),
        (#"{"id":{"id":"no"}}"#, nil),
        ("}}}]]]", nil), (#"}{"id":"abc"}"#, nil), ("<html>", nil),
    ])
    func theIDOfWhatWasMade(_ text: String, _ id: String?) {
        #expect(CutJSON.id(in: Array(text.utf8)) == id)
    }

    @Test func anIDIsShort() {
        let id = String(repeating: "a", count: 100)
        #expect(CutJSON.id(in: Array(#"{"id":"\#(id)""#.utf8)) == id)
        #expect(CutJSON.id(in: Array(#"{"id":"\#(id)a""#.utf8)) == nil)
    }
}
