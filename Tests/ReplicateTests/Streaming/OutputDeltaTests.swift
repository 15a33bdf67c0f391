// The events that are made of polls: everything once, from the first snapshot on.

import Testing

@testable import Replicate

struct OutputDeltaTests {
    /// Snapshots, by what stands in them beside the id, and the events that each brings.
    static let rows: [[(more: String, events: String)]] = [
        // Nothing yet, in all its spellings.
        [("", ""), (",\"output\":null,\"logs\":null", ""), (",\"output\":[],\"logs\":\"\"", "")],
        // What the first snapshot has is told; then only what is new.
        [
            (",\"output\":[\"a\",\"b\"]", "output:a output:b"), (",\"output\":[\"a\",\"b\"]", ""),
            (",\"output\":[\"a\",\"b\",\"c\"]", "output:c"),
        ],
        // A text that grows, by characters of several bytes too.
        [
            (",\"output\":\"F\"", "output:F"), (",\"output\":\"Füch\"", "output:üch"), (",\"output\":\"Füch\"", ""),
            (",\"output\":\"Füchse🦊\"", "output:se🦊"),
        ],
        // Two spellings of one letter are not the same text.
        [(",\"output\":\"\u{E9}\"", "output:\u{E9}"), (",\"output\":\"e\u{301}x\"", "output:e\u{301}x")],
        // A text that is another one is told whole.
        [(",\"output\":\"http://a/1\"", "output:http://a/1"), (",\"output\":\"http://a/2\"", "output:http://a/2")],
        // What is no text is told as JSON, when it changes.
        [
            (",\"output\":{\"n\":1}", "output:{\"n\":1}"), (",\"output\":{\"n\":1}", ""),
            (",\"output\":{\"n\":2}", "output:{\"n\":2}"),
            (",\"output\":7", "output:7"), (",\"output\":true", "output:true"),
        ],
        [(",\"output\":[1,{\"a\":[]},null]", "output:1 output:{\"a\":[]} output:null")],
        // An array that becomes shorter, and then longer.
        [
            (",\"output\":[\"a\",\"b\"]", "output:a output:b"), (",\"output\":[\"a\"]", ""),
            (",\"output\":[\"a\",\"c\"]", "output:c"),
        ],
        // An output that was removed, or that is another kind of thing.
        [(",\"output\":[\"a\"]", "output:a"), (",\"output\":null", ""), (",\"output\":\"b\"", "output:b")],
        // Logs come before the output of the same snapshot.
        [
            (",\"logs\":\"1\\n\"", "logs:1\n"), (",\"logs\":\"1\\n2\\n\",\"output\":[\"a\"]", "logs:2\n output:a"),
            (",\"logs\":7", ""),
        ],
    ]

    private func told(_ delta: inout OutputDelta, _ text: String) throws -> String {
        delta.take(try JSON(validating: text)).events
            .map { "\(String(decoding: $0.event, as: UTF8.self)):\(String(decoding: $0.data, as: UTF8.self))" }
            .joined(separator: " ")
    }

    @Test(arguments: rows.indices)
    func eachThingOnce(_ row: Int) throws {
        var delta = OutputDelta()
        for (more, events) in Self.rows[row] {
            let found = try told(&delta, prediction("processing", more))
            // Bytes: to String, two spellings of a letter are one.
            #expect(Array(found.utf8) == Array(events.utf8))
        }
    }

    @Test(arguments: [
        ("starting", ""), ("processing", ""), ("resting", ""), ("succeeded", "done:{}"),
        ("canceled", "done:{\"reason\":\"canceled\"}"),
        ("aborted", "done:{\"reason\":\"canceled\"}"),
        ("failed", "error:{\"detail\":\"no \\\"GPU\\\"\"} done:{\"reason\":\"error\"}"),
    ])
    func theEnd(_ status: String, _ events: String) throws {
        var delta = OutputDelta()
        #expect(try told(&delta, prediction(status, ",\"error\":\"no \\\"GPU\\\"\"")) == events)
    }

    @Test func whatIsNoPredictionBringsNothing() throws {
        for text in ["[]", "7", "{}", "{\"output\":null,\"status\":7}"] {
            var delta = OutputDelta()
            #expect(try told(&delta, text).isEmpty)
        }
    }
}
