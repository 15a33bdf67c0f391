// Broken UTF-8: one U+FFFD for each broken sequence (its longest correct beginning), wherever in an event it stands.

import Testing

@testable import Replicate

struct EventParserTextTests {
    struct Row: Sendable {
        let bytes: [UInt8]
        let text: String

        init(_ bytes: [UInt8], _ text: String) { (self.bytes, self.text) = (bytes, text) }
    }

    static let rows = [
        Row([0x80], "\u{FFFD}"),
        Row([0xFF], "\u{FFFD}"),
        Row([0xFE, 0xFF], "\u{FFFD}\u{FFFD}"),
        Row([0x61, 0x80, 0x62], "a\u{FFFD}b"),
        Row([0xC0, 0x80], "\u{FFFD}\u{FFFD}"),
        Row([0xC1, 0xBF], "\u{FFFD}\u{FFFD}"),
        Row([0xC3], "\u{FFFD}"),
        Row([0xC3, 0x61], "\u{FFFD}a"),
        Row([0xC3, 0xC3, 0xA9], "\u{FFFD}é"),
        Row([0xE2, 0x82], "\u{FFFD}"),
        Row([0xE2, 0x82, 0x61], "\u{FFFD}a"),
        Row([0xE2, 0x61], "\u{FFFD}a"),
        Row([0xE0, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
        Row([0xE0, 0x9F, 0xBF], "\u{FFFD}\u{FFFD}\u{FFFD}"),
        Row([0xED, 0xA0, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}"),
        Row([0xED, 0xA0, 0xBD, 0xED, 0xB2, 0xA9], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        Row([0xF0, 0x9F, 0xA6], "\u{FFFD}"),
        Row([0xF0, 0x9F, 0x61], "\u{FFFD}a"),
        Row([0xF0, 0x80, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        Row([0xF1, 0x80, 0x80, 0xE1, 0x80, 0xC2, 0x62], "\u{FFFD}\u{FFFD}\u{FFFD}b"),
        Row([0xF4, 0x90, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        Row([0xF5, 0x80], "\u{FFFD}\u{FFFD}"),
        Row([0xF8, 0x88, 0x80, 0x80, 0x80], "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        Row([0xEF, 0xBF, 0xBE, 0xEF, 0xBF, 0xBF], "\u{FFFE}\u{FFFF}"),
        Row([0xF4, 0x8F, 0xBF, 0xBF], "\u{10FFFF}"),
        Row(Array("1234567é".utf8) + [0xFF], "1234567é\u{FFFD}"),
    ]

    /// Behind plain text of any length, so that every place in a word of eight bytes has its turn.
    @Test(arguments: rows, 0...8)
    func repairedInData(_ row: Row, _ offset: Int) throws {
        let plain = [UInt8](repeating: UInt8(ascii: "p"), count: offset)
        let stream = Array("data: ".utf8) + plain + row.bytes + Array("\n\n".utf8)
        let expected = [StreamEvent(String(repeating: "p", count: offset) + row.text)]
        #expect(try parsed(stream).events == expected)
        #expect(try parsed(stream, cutAt: Array(stream.indices)).events == expected)
    }

    @Test(arguments: rows)
    func repairedInTypesAndIDs(_ row: Row) throws {
        let stream =
            Array("event:".utf8) + row.bytes + Array("\rid:".utf8) + row.bytes + Array("\r\ndata:".utf8) + row.bytes
            + Array("\ndata:".utf8) + row.bytes + Array("\n\n".utf8)
        let (events, parser) = try parsed(stream)
        #expect(events == [StreamEvent(row.text + "\n" + row.text, event: row.text, id: row.text)])
        #expect(parser.lastEventID == Array(row.text.utf8))
    }

    @Test func aBrokenSequenceDoesNotReachOverALineEnd() throws {
        let stream = Array("data: ".utf8) + [0xC3] + Array("\ndata: ".utf8) + [0xA9] + Array("\n\n".utf8)
        #expect(try parsed(stream).events == [StreamEvent("\u{FFFD}\n\u{FFFD}")])
    }

    @Test func aBrokenNameIsNoField() throws {
        #expect(try parsed([0xFF] + Array("data: x\n\n".utf8)).events == [])
        #expect(try parsed([0xEF, 0xBB] + Array("data: x\n\n".utf8)).events == [])
        #expect(try parsed(Array("data".utf8) + [0xC3] + Array(": x\n\n".utf8)).events == [])
    }
}
