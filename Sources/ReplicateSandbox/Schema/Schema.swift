// The part of JSON Schema (in OpenAPI 3.0's dialect) that models' inputs use, and the check of a value against it.

import Replicate

struct Schema: Sendable {
    var type: String?
    var properties: [(name: String, schema: Schema)] = []
    var required: [String] = []
    var allowsOthers = true
    var items: [Schema] = []  // none or one: a struct cannot hold itself
    var allowed: [JSON] = []
    var minimum: JSON?
    var maximum: JSON?
    var format: String?
    var nullable = false
    var preset: JSON?

    init(_ json: JSON) {
        for (name, value) in json.members {
            switch name {
            case "type": type = value.string
            case "properties": properties = value.members.map { ($0.name, Schema($0.value)) }
            case "required": required = value.elements.compactMap(\.string)
            case "additionalProperties": allowsOthers = value.boolean ?? true
            case "items": items = [Schema(value)]
            case "enum": allowed = value.elements
            case "minimum": minimum = value
            case "maximum": maximum = value
            case "format": format = value.string
            case "nullable": nullable = value.boolean ?? false
            case "default": preset = value
            default: break
            }
        }
    }

    func violations(of value: JSON, at field: String) -> [SchemaViolation] {
        if value.isNull, nullable { return [] }
        if let type, !Self.matches(value, type) {
            return [.type(expected: type, given: Self.typeName(value), at: field)]
        }
        var found: [SchemaViolation] = []
        if !allowed.isEmpty, !allowed.contains(where: { Self.equal($0, value) }) {
            let list = allowed.map { String(decoding: $0.bytes, as: UTF8.self) }.joined(separator: ", ")
            found.append(
                SchemaViolation(
                    kind: "enum", field: field, description: "\(field) must be one of the following: \(list)"))
        }
        switch value.kind {
        case .object: found += objectViolations(value, field)
        case .array:
            guard let items = items.first else { break }
            for (index, element) in value.elements.enumerated() {
                found += items.violations(of: element, at: "\(field).\(index)")
            }
        case .number: found += rangeViolations(value, field)
        case .string:
            guard format == "uri", !Self.isURI(value.string ?? "") else { break }
            found.append(SchemaViolation(kind: "format", field: field, description: "Does not match format 'uri'"))
        default: break
        }
        return found
    }

    private func objectViolations(_ value: JSON, _ field: String) -> [SchemaViolation] {
        let members = value.members
        let names = Set(members.map(\.name))
        var found = required.filter { !names.contains($0) }.map { SchemaViolation.required($0, in: field) }
        let known = Dictionary(properties.map { ($0.name, $0.schema) }, uniquingKeysWith: { _, last in last })
        for member in members {
            if let schema = known[member.name] {
                found += schema.violations(
                    of: member.value, at: field.isEmpty ? member.name : "\(field).\(member.name)")
            } else if !allowsOthers {
                found.append(.unexpected(member.name, in: field))
            }
        }
        return found
    }

    private func rangeViolations(_ value: JSON, _ field: String) -> [SchemaViolation] {
        guard let number = value.double else { return [] }
        var found: [SchemaViolation] = []
        if let minimum, let bound = minimum.double, number < bound {
            let text = String(decoding: minimum.bytes, as: UTF8.self)
            found.append(
                SchemaViolation(
                    kind: "number_gte", field: field, description: "Must be greater than or equal to \(text)"))
        }
        if let maximum, let bound = maximum.double, number > bound {
            let text = String(decoding: maximum.bytes, as: UTF8.self)
            found.append(
                SchemaViolation(kind: "number_lte", field: field, description: "Must be less than or equal to \(text)"))
        }
        return found
    }

    private static func matches(_ value: JSON, _ type: String) -> Bool {
        let given = typeName(value)
        return given == type || (type == "number" && given == "integer")
    }

    /// JSON Schema counts `1.0` among the integers.
    private static func typeName(_ value: JSON) -> String {
        switch value.kind {
        case .object: return "object"
        case .array: return "array"
        case .string: return "string"
        case .boolean: return "boolean"
        case .null: return "null"
        case .number:
            let isWhole = value.double.map { $0.isFinite && $0.rounded() == $0 } ?? false
            let isWritten = value.bytes.allSatisfy { $0 == UInt8(ascii: "-") || ($0 >= 0x30 && $0 <= 0x39) }
            return isWritten || isWhole ? "integer" : "number"
        }
    }

    private static func equal(_ one: JSON, _ other: JSON) -> Bool {
        guard one.kind == other.kind else { return false }
        switch one.kind {
        case .string: return one.string == other.string
        case .number: return one.double == other.double
        default: return one.bytes.elementsEqual(other.bytes)
        }
    }

    /// A scheme, a colon and something without spaces.
    private static func isURI(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, let scheme = parts.first, let rest = parts.last else { return false }
        let isScheme =
            scheme.first.map { $0.isASCII && $0.isLetter } == true
            && scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "+-.".contains($0)) }
        return isScheme && !rest.isEmpty && !rest.utf8.contains { $0 <= 0x20 }
    }
}
