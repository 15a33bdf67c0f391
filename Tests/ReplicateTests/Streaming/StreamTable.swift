// Streams and the events in them, by the WHATWG's rules for interpreting an event stream: every rule, from both sides.

struct StreamRow: Sendable {
    let name: String
    let stream: String
    let events: [StreamEvent]

    init(_ name: String, _ stream: String, _ events: [StreamEvent]) {
        (self.name, self.stream, self.events) = (name, stream, events)
    }

    static let all = standardExamples + fields + data + types + ids + lineEnds + characters + service

    static let standardExamples = [
        Self(
            "the stock ticker", "data: YHOO\ndata: +2\ndata: 10\n\n", [StreamEvent("YHOO\n+2\n10")]),
        Self(
            "comment, id, empty id, space kept",
            ": test stream\n\ndata: first event\nid: 1\n\ndata:second event\nid\n\ndata:  third event\n\n",
            [StreamEvent("first event", id: "1"), StreamEvent("second event"), StreamEvent(" third event")]),
        Self("the last block is cut", "data\n\ndata\ndata\n\ndata:", [StreamEvent(""), StreamEvent("\n")]),
        Self("one space makes no difference", "data:test\n\ndata: test\n\n", [StreamEvent("test"), StreamEvent("test")]),
        Self(
            "types", "event: add\ndata: 73857293\n\nevent: remove\ndata: 2153\n\nevent: add\ndata: 113411\n\n",
            [
                StreamEvent("73857293", event: "add"), StreamEvent("2153", event: "remove"),
                StreamEvent("113411", event: "add"),
            ]),
        Self(
            "messages", "data: This is the first message.\n\ndata: This is the second message, it\ndata: has two lines.\n\n",
            [StreamEvent("This is the first message."), StreamEvent("This is the second message, it\nhas two lines.")]),
    ]

    static let fields = [
        Self("nothing", "", []),
        Self("blank lines", "\n\n\n", []),
        Self("a comment", ": hi\n\n", []),
        Self("a comment of one colon", ":\n\n", []),
        Self("comments within an event", ":a\ndata: x\n:b\ndata: y\n: c\n\n", [StreamEvent("x\ny")]),
        Self("a comment that looks like a field", ":data: x\n\n", []),
        Self("no blank line at the end", "data: x\n", []),
        Self("no line end at the end", "data: x", []),
        Self("blank lines between events", "data: x\n\n\n\ndata: y\n\n", [StreamEvent("x"), StreamEvent("y")]),
        Self("an unknown field", "colour: red\ndata: x\n\n", [StreamEvent("x")]),
        Self("unknown fields only", "colour: red\nsize\n\n", []),
        Self("names in capitals", "Data: x\nDATA: y\n\n", []),
        Self("a space before the name", " data: x\n\n", []),
        Self("a space behind the name", "data : x\n\n", []),
        Self("a tab behind the name", "data\t: x\n\n", []),
        Self("a longer name", "datas: x\n\n", []),
        Self("a shorter name", "dat: x\n\n", []),
        Self("a shorter name without colon", "dat\nd\n\n", []),
        Self("a NUL in the name", "da\0ta: x\n\n", []),
        Self("a NUL behind the name", "data\0: x\n\n", []),
        Self("fields in any order", "id: 1\ndata: x\nevent: a\n\n", [StreamEvent("x", event: "a", id: "1")]),
    ]

    static let data = [
        Self("data without a colon", "data\n\n", [StreamEvent("")]),
        Self("data without a value", "data:\n\n", [StreamEvent("")]),
        Self("data of one space", "data: \n\n", [StreamEvent("")]),
        Self("data of two spaces", "data:  \n\n", [StreamEvent(" ")]),
        Self("a tab is not a space", "data:\tx\n\n", [StreamEvent("\tx")]),
        Self("spaces at the end stay", "data: x  \n\n", [StreamEvent("x  ")]),
        Self("colons in the value", "data:::a:b\n\n", [StreamEvent("::a:b")]),
        Self("a value that looks like a field", "data: data: x\n\n", [StreamEvent("data: x")]),
        Self("two lines", "data: x\ndata: y\n\n", [StreamEvent("x\ny")]),
        Self("empty lines before and behind", "data\ndata: x\ndata:\n\n", [StreamEvent("\nx\n")]),
        Self("two empty lines", "data\ndata\n\n", [StreamEvent("\n")]),
        Self("data does not go on into the next event", "data: x\n\ndata: y\n\n", [StreamEvent("x"), StreamEvent("y")]),
        Self("a NUL in data", "data: x\0y\n\n", [StreamEvent("x\0y")]),
        Self("JSON", "data: {\"a\": [1, 2]}\n\n", [StreamEvent("{\"a\": [1, 2]}")]),
    ]

    static let types = [
        Self("any type", "event: output\ndata: x\n\n", [StreamEvent("x", event: "output")]),
        Self("no space", "event:output\ndata: x\n\n", [StreamEvent("x", event: "output")]),
        Self("the last of two", "event: a\nevent: b\ndata: x\n\n", [StreamEvent("x", event: "b")]),
        Self("behind the data", "data: x\nevent: a\n\n", [StreamEvent("x", event: "a")]),
        Self("empty", "event:\ndata: x\n\n", [StreamEvent("x")]),
        Self("without a colon", "event\ndata: x\n\n", [StreamEvent("x")]),
        Self("taken back", "event: a\nevent:\ndata: x\n\n", [StreamEvent("x")]),
        Self("only for its event", "event: a\ndata: x\n\ndata: y\n\n", [StreamEvent("x", event: "a"), StreamEvent("y")]),
        Self(
            "the same again", "event: a\ndata: x\n\nevent: a\ndata: y\n\n",
            [StreamEvent("x", event: "a"), StreamEvent("y", event: "a")]),
        Self("an event without data", "event: output\n\ndata: x\n\n", [StreamEvent("x")]),
        Self("a type of spaces", "event:   \ndata: x\n\n", [StreamEvent("x", event: "  ")]),
        Self("a NUL in the type", "event: a\0b\ndata: x\n\n", [StreamEvent("x", event: "a\0b")]),
    ]
}
