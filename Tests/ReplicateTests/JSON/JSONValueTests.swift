// Reading values: members, elements, numbers, and that every byte of a value is handed on as it was sent.

import Testing

@testable import Replicate

struct JSONValueTests {
    @Test(
        arguments: [
            ("{}", .object), ("[]", .array), ("\"\"", .string), ("0", .number), ("-1", .number), ("true", .boolean),
            ("false", .boolean), ("null", .null), (" [1] ", .array), ("\u{FEFF}{}", .object),
        ] as [(String, JSON.Kind)])
    func kind(_ text: String, _ kind: JSON.Kind) throws {
        let json = try JSON(validating: text)
        #expect(json.kind == kind)
        #expect(json.isNull == (kind == .null))
    }

    @Test(arguments: [
        "1.0", "12345678901234567", "1e3", "-0", "\"\\u00e9\\/\"", "\"é\"", "{\"b\":1, \"a\" :2,\"b\":3}", "[ 1,\n2 ]",
        "{ }",
    ])
    func bytesAreAsTheyWereSent(_ value: String) throws {
        let whole = try JSON(validating: " \n{\"before\":[],\"value\": \(value) ,\"after\":{}}\n")
        #expect(try #require(whole["value"]).rawText == value)
        let element = try JSON(validating: "[null, \(value)\t, null]")
        #expect(try #require(element[1]).rawText == value)
        #expect(try JSON(validating: "\u{FEFF}\t\(value)\r\n").rawText == value)
    }

    @Test(
        arguments: [
            ("0", 0, 0), ("-0", 0, -0.0), ("1.0", nil, 1), ("1e3", nil, 1000), ("-12.5", nil, -12.5),
            ("12345678901234567", 12_345_678_901_234_567, 12_345_678_901_234_568),
            ("9223372036854775807", .max, 0x1p63), ("-9223372036854775808", .min, -0x1p63),
            ("9223372036854775808", nil, 0x1p63), ("1e999", nil, .infinity), ("1e-999", nil, 0),
            ("\"1\"", nil, nil), ("true", nil, nil), ("null", nil, nil), ("[1]", nil, nil),
        ] as [(String, Int64?, Double?)])
    func numbers(_ text: String, _ integer: Int64?, _ double: Double?) throws {
        let json = try JSON(validating: text)
        #expect(json.integer == integer)
        #expect(json.double == double)
    }

    @Test func booleans() throws {
        #expect(try JSON(validating: "true").boolean == true)
        #expect(try JSON(validating: "false").boolean == false)
        #expect(try JSON(validating: "0").boolean == nil)
        #expect(try JSON(validating: "\"true\"").boolean == nil)
    }

    @Test func ofMembersWithOneNameTheLastWins() throws {
        let json = try JSON(validating: #"{"a":1,"b":2,"a":{"a":4},"\u0061":3}"#)
        #expect(json["a"]?.integer == 3)
        #expect(json.members.map(\.name) == ["a", "b", "a", "a"])
        #expect(json.members.map(\.value.rawText) == ["1", "2", #"{"a":4}"#, "3"])
    }

    @Test func namesAreComparedByTheirBytesAfterEscapes() throws {
        let json = try JSON(validating: #"{"\u00e9":1,"e\u0301":2,"\/":3,"\u0000":4}"#)
        #expect(json["\u{E9}"]?.integer == 1)
        #expect(json["e\u{301}"]?.integer == 2)
        #expect(json["/"]?.integer == 3)
        #expect(json["\0"]?.integer == 4)
        let plain = try JSON(validating: "{\"\u{E9}\":1,\"e\u{301}\":2}")
        #expect(plain["\u{E9}"]?.integer == 1)
        #expect(plain["e\u{301}"]?.integer == 2)
    }

    @Test func elements() throws {
        let json = try JSON(validating: "[1, [2, 3], {\"a\": 4}]")
        #expect(json.elements.map(\.rawText) == ["1", "[2, 3]", "{\"a\": 4}"])
        #expect(json[2]?.rawText == "{\"a\": 4}")
        #expect(json[3] == nil)
        #expect(json[-1] == nil)
        #expect(json.members.isEmpty)
        #expect(json["a"] == nil)
    }

    @Test(arguments: ["1", "\"[1]\"", "null", "{}"])
    func whatIsNoContainerHasNothingInside(_ text: String) throws {
        let json = try JSON(validating: text)
        #expect(json[0] == nil)
        #expect(json["a"] == nil)
        #expect(json.elements.isEmpty)
        #expect(json.members.isEmpty)
    }

    @Test func aNameInsideAStringIsNoMember() throws {
        let json = try JSON(validating: #"{"text":"\"id\":\"wrong\"","nested":{"id":"inner"}}"#)
        #expect(json["id"] == nil)
        #expect(json["nested"]?["id"]?.string == "inner")
    }
}
