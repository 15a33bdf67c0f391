// Writes JSON texts with their members in the order in which they are added.

import Replicate

struct JSONObject: Sendable {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "{")]

    init() {}

    /// A value that is JSON already stands in the text as it is.
    mutating func add(_ name: StaticString, raw value: some Collection<UInt8>) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes += $0 }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
        bytes += value
    }

    mutating func add(_ name: StaticString, _ value: String) { add(name, raw: JSONString.quoted(value)) }
    mutating func add(_ name: StaticString, _ value: Int) { add(name, raw: String(value).utf8) }
    mutating func add(_ name: StaticString, _ value: Double) { add(name, raw: "\(value)".utf8) }
    mutating func add(_ name: StaticString, _ value: Bool) { add(name, raw: (value ? "true" : "false").utf8) }
    mutating func add(_ name: StaticString, _ value: JSONObject) { add(name, raw: value.text) }
    mutating func addNull(_ name: StaticString) { add(name, raw: "null".utf8) }

    mutating func add(_ name: StaticString, orNull value: String?) {
        if let value { add(name, value) } else { addNull(name) }
    }

    var text: [UInt8] { bytes + [UInt8(ascii: "}")] }
}

struct JSONArray: Sendable {
    private(set) var bytes: [UInt8] = [UInt8(ascii: "[")]

    init() {}

    mutating func add(raw value: some Collection<UInt8>) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        bytes += value
    }

    var text: [UInt8] { bytes + [UInt8(ascii: "]")] }
}
