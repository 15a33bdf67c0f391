// A damaged document is refused or read as what it now says; it never traps, whatever byte stands where.

import Testing

@testable import Replicate

struct JSONDamageTests {
    static let document = Array(
        #"""
        {"id":"gm3q\u00e9\ud83d\ude00","é":[1,-2.50e+3,true,false,null,{}],
         "urls":{"get":"https:\/\/x"," ":[[],[0]]},"n":12345678901234567}
        """#.utf8)

    @Test func everyProperPrefixIsRefused() throws {
        #expect(throws: Never.self) { try JSON(validating: Self.document) }
        for length in 0..<Self.document.count {
            #expect(throws: JSONError.self) { try JSON(validating: Array(Self.document[..<length])) }
        }
    }

    @Test func anErrorPointsIntoTheTextOrJustBehindIt() throws {
        for length in 0..<Self.document.count {
            let error = try #require(throws: JSONError.self) { try JSON(validating: Array(Self.document[..<length])) }
            #expect((0...length).contains(error.offset))
        }
    }

    @Test func noChangedByteTraps() throws {
        let bytes: [UInt8] =
            Array("\0\t\n\u{1F} \"\\/{}[]:,+-.eEuntf0159aD\u{7F}".utf8) + [
                0x80, 0xBF, 0xC3, 0xE0, 0xED, 0xF0, 0xF4, 0xFF,
            ]
        var accepted = 0
        for position in Self.document.indices {
            for byte in bytes where byte != Self.document[position] {
                var damaged = Self.document
                damaged[position] = byte
                guard let json = try? JSON(validating: damaged) else { continue }
                accepted += 1
                visit(json)
            }
        }
        // Letters inside strings and digits may change; most other bytes may not.
        #expect(accepted > 500)
        #expect(accepted < Self.document.count * bytes.count / 2)
    }

    @Test func noRemovedOrRepeatedByteTraps() throws {
        for position in Self.document.indices {
            var shorter = Self.document
            shorter.remove(at: position)
            var longer = Self.document
            longer.insert(Self.document[position], at: position)
            for text in [shorter, longer] {
                if let json = try? JSON(validating: text) { visit(json) }
            }
        }
    }

    /// Reads all there is; what was accepted must hang together.
    private func visit(_ json: JSON) {
        _ = (json.string, json.double, json.integer, json.boolean)
        for (name, value) in json.members {
            #expect(json[name] != nil)
            visit(value)
        }
        for (index, value) in json.elements.enumerated() {
            #expect(json[index]?.bytes == value.bytes)
            visit(value)
        }
        #expect(throws: Never.self) { try JSON(validating: Array(json.bytes)) }
    }
}
