// One thing that is wrong with an input, in the service's words.

struct SchemaViolation: Error, Equatable, Sendable {
    /// "required", "invalid_type", "enum" and so on.
    let kind: String
    /// "input", "input.prompt"; empty for the body as a whole.
    let field: String
    let description: String

    var line: String { field.isEmpty ? "- \(description)\n" : "- \(field): \(description)\n" }

    var json: JSONObject {
        var object = JSONObject()
        object.add("type", kind)
        object.add("field", field)
        object.add("description", description)
        return object
    }

    static func required(_ name: String, in field: String) -> SchemaViolation {
        SchemaViolation(kind: "required", field: field, description: "\(name) is required")
    }

    static func unexpected(_ name: String, in field: String) -> SchemaViolation {
        SchemaViolation(
            kind: "additional_property_not_allowed", field: field,
            description: "Additional property \(name) is not allowed")
    }

    static func type(expected: String, given: String, at field: String) -> SchemaViolation {
        SchemaViolation(
            kind: "invalid_type", field: field, description: "Invalid type. Expected: \(expected), given: \(given)")
    }
}
