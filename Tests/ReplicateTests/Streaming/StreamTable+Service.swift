// The table of streams, continued: ids, line ends, characters, and what Replicate's own streams do.

extension StreamRow {
    static let ids = [
        Self("an id", "id: 1\ndata: x\n\n", [StreamEvent("x", id: "1")]),
        Self("stays in force", "id: 1\ndata: x\n\ndata: y\n\n", [StreamEvent("x", id: "1"), StreamEvent("y", id: "1")]),
        Self("replaced", "id: 1\ndata: x\n\nid: 2\ndata: y\n\n", [StreamEvent("x", id: "1"), StreamEvent("y", id: "2")]),
        Self("the last of two", "id: 1\nid: 2\ndata: x\n\n", [StreamEvent("x", id: "2")]),
        Self("in a block of its own", "id: 1\n\ndata: x\n\n", [StreamEvent("x", id: "1")]),
        Self("taken back by an empty one", "id: 1\ndata: x\n\nid\ndata: y\n\n", [StreamEvent("x", id: "1"), StreamEvent("y")]),
        Self("taken back by a colon", "id: 1\ndata: x\n\nid:\ndata: y\n\n", [StreamEvent("x", id: "1"), StreamEvent("y")]),
        Self("with a NUL, ignored", "id: 1\0\ndata: x\n\n", [StreamEvent("x")]),
        Self(
            "with a NUL, behind a good one", "id: 1\ndata: x\n\nid: \0\ndata: y\n\n",
            [StreamEvent("x", id: "1"), StreamEvent("y", id: "1")]),
        Self("behind the data", "data: x\nid: 1\n\n", [StreamEvent("x", id: "1")]),
        Self("with a space", "id:  1 \ndata: x\n\n", [StreamEvent("x", id: " 1 ")]),
        Self("ID is no field", "ID: 1\ndata: x\n\n", [StreamEvent("x")]),
    ]

    static let lineEnds = [
        Self("LF", "data: x\ndata: y\n\n", [StreamEvent("x\ny")]),
        Self("CR", "data: x\rdata: y\r\r", [StreamEvent("x\ny")]),
        Self("CRLF", "data: x\r\ndata: y\r\n\r\n", [StreamEvent("x\ny")]),
        Self("LF, then CRLF", "data: x\ndata: y\n\r\n", [StreamEvent("x\ny")]),
        Self("CR, then CRLF", "data: x\r\r\n", [StreamEvent("x")]),
        Self("CRLF, then CR", "data: x\r\n\r", [StreamEvent("x")]),
        Self("CRLF, then LF", "data: x\r\n\n", [StreamEvent("x")]),
        Self("LF, then CR", "data: x\n\r", [StreamEvent("x")]),
        Self("CR, LF, LF is two", "data: x\r\n\ndata: y\n\n", [StreamEvent("x"), StreamEvent("y")]),
        Self("CR events", "data: x\r\rdata: y\r\r", [StreamEvent("x"), StreamEvent("y")]),
        Self("CRLF events", "data: x\r\n\r\ndata: y\r\n\r\n", [StreamEvent("x"), StreamEvent("y")]),
        Self("all of them", "data: a\rdata: b\ndata: c\r\ndata: d\n\r", [StreamEvent("a\nb\nc\nd")]),
        Self("one CRLF is one line", "data: x\r\ndata: y\r\n", []),
        Self("LF in front", "\ndata: x\n\n", [StreamEvent("x")]),
        Self("CRLF in front", "\r\ndata: x\n\n", [StreamEvent("x")]),
        Self(
            "no other character ends a line", "data: a\u{B}b\u{C}c\u{85}d\u{2028}e\u{2029}f\u{1C}g\n\n",
            [StreamEvent("a\u{B}b\u{C}c\u{85}d\u{2028}e\u{2029}f\u{1C}g")]),
    ]

    static let characters = [
        Self("a BOM", "\u{FEFF}data: x\n\n", [StreamEvent("x")]),
        Self("only one BOM", "\u{FEFF}\u{FEFF}data: x\n\n", []),
        Self("a BOM later", "data: x\n\n\u{FEFF}data: y\n\n", [StreamEvent("x")]),
        Self("a BOM in data", "data: \u{FEFF}x\n\n", [StreamEvent("\u{FEFF}x")]),
        Self("a BOM alone", "\u{FEFF}", []),
        Self("a BOM and a blank line", "\u{FEFF}\ndata: x\n\n", [StreamEvent("x")]),
        Self("a BOM and a comment", "\u{FEFF}: hi\ndata: x\n\n", [StreamEvent("x")]),
        Self("a BOM behind a blank line", "\n\u{FEFF}data: x\n\n", []),
        Self("two bytes each", "data: жё\n\n", [StreamEvent("жё")]),
        Self("three bytes each", "data: 日本\n\n", [StreamEvent("日本")]),
        Self("four bytes each", "data: 🦊👩‍🚀\n\n", [StreamEvent("🦊👩‍🚀")]),
        Self("in a type and an id", "event: ё\nid: 🦊\ndata: x\n\n", [StreamEvent("x", event: "ё", id: "🦊")]),
        Self("a combining mark behind the colon", "data:\u{301}x\n\n", [StreamEvent("\u{301}x")]),
    ]

    static let service = [
        Self(
            "a language model", "event: output\nid: 1690212292:0\ndata: Once\n\nevent: output\nid: 1690212293:0\ndata:  upon\n\n",
            [
                StreamEvent("Once", event: "output", id: "1690212292:0"),
                StreamEvent(" upon", event: "output", id: "1690212293:0"),
            ]),
        Self("a greeting", ": hi\n\nevent: output\ndata: x\n\n", [StreamEvent("x", event: "output")]),
        Self("done", "event: done\ndata: {}\n\n", [StreamEvent("{}", event: "done")]),
        Self("done without data", "event: done\n\n", [StreamEvent("", event: "done")]),
        Self("done with empty data", "event: done\ndata\n\n", [StreamEvent("", event: "done")]),
        Self("done with an id", "id: 7\nevent: done\n\n", [StreamEvent("", event: "done", id: "7")]),
        Self(
            "done without data under an earlier id", "id: 7\ndata: x\n\nevent: done\n\n",
            [StreamEvent("x", id: "7"), StreamEvent("", event: "done", id: "7")]),
        Self("done taken back", "event: done\nevent:\n\n", []),
        Self("done replaced", "event: done\nevent: output\n\n", []),
        Self("done is over at the blank line", "event: done\n\n\n", [StreamEvent("", event: "done")]),
        Self("done, cut", "event: done\n", []),
        Self("Done is another type", "event: Done\n\nevent: done \n\n", []),
        Self(
            "canceled", "event: done\ndata: {\"reason\":\"canceled\"}\n\n",
            [StreamEvent("{\"reason\":\"canceled\"}", event: "done")]),
        Self(
            "an error, then the end", "event: error\ndata: boom\n\nevent: done\ndata: {\"reason\":\"error\"}\n\n",
            [StreamEvent("boom", event: "error"), StreamEvent("{\"reason\":\"error\"}", event: "done")]),
        Self("left open", "event: done\ndata: {}\n\n:408: 408 Request Timeout\n", [StreamEvent("{}", event: "done")]),
        Self("data only", "data: x\n\ndata: y\n\n", [StreamEvent("x"), StreamEvent("y")]),
    ]
}
