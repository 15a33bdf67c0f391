// What an answer must look like: the members that the API's description requires, and their types.

import Replicate

@testable import ReplicateSandbox

indirect enum Shape: Sendable {
    case text, number, integer, boolean, time, anything
    /// The word itself, or one of several.
    case word([String])
    case object([Member])
    case list(Shape)
    case orNull(Shape)

    struct Member: Sendable {
        var name: String
        var shape: Shape
        var mayBeAbsent = false
    }

    static func page(_ shape: Shape) -> Shape {
        .object([
            Member(name: "next", shape: .orNull(.text)), Member(name: "previous", shape: .orNull(.text)),
            Member(name: "results", shape: .list(shape)),
        ])
    }

    /// Where the value is not like that.
    func faults(of value: JSON?, at place: String = "") -> [String] {
        guard let value else { return ["\(place): missing"] }
        switch self {
        case .anything: return []
        case .text: return value.kind == .string ? [] : ["\(place): no string"]
        case .number: return value.kind == .number ? [] : ["\(place): no number"]
        case .integer: return value.integer != nil ? [] : ["\(place): no integer"]
        case .boolean: return value.kind == .boolean ? [] : ["\(place): no boolean"]
        case .time: return value.string.flatMap(Timestamp.init) != nil ? [] : ["\(place): no time"]
        case .word(let words): return words.contains(value.string ?? "") ? [] : ["\(place): none of \(words)"]
        case .orNull(let shape): return value.isNull ? [] : shape.faults(of: value, at: place)
        case .list(let shape):
            guard value.kind == .array else { return ["\(place): no array"] }
            return value.elements.enumerated().flatMap { shape.faults(of: $1, at: "\(place)/\($0)") }
        case .object(let members):
            guard value.kind == .object else { return ["\(place): no object"] }
            return members.flatMap { member in
                let found = value[member.name]
                if found == nil, member.mayBeAbsent { return [String]() }
                return member.shape.faults(of: found, at: "\(place)/\(member.name)")
            }
        }
    }
}

extension Shape.Member {
    static func has(_ name: String, _ shape: Shape) -> Shape.Member { .init(name: name, shape: shape) }
    static func may(_ name: String, _ shape: Shape) -> Shape.Member {
        .init(name: name, shape: shape, mayBeAbsent: true)
    }
}

extension Shape {
    private static let statuses = ["starting", "processing", "succeeded", "failed", "canceled", "aborted"]

    static let account = object([
        .has("type", .word(["user", "organization"])), .has("username", .text), .may("name", .text),
        .may("github_url", .text), .may("avatar_url", .text),
    ])
    static let version = object([
        .has("id", .text), .has("created_at", .time), .has("cog_version", .orNull(.text)),
        .has(
            "openapi_schema",
            .object([
                .has(
                    "components",
                    .object([.has("schemas", .object([.has("Input", .object([])), .has("Output", .object([]))]))]))
            ])),
    ])
    static let prediction = object([
        .has("id", .text), .has("model", .text), .has("version", .text), .has("input", .object([])),
        .has("output", .anything), .has("data_removed", .boolean), .has("error", .orNull(.text)),
        .has("status", .word(statuses)), .has("created_at", .time),
        .has("urls", .object([.has("get", .text), .has("cancel", .text), .has("web", .text)])), .may("logs", .text),
        .may("started_at", .time), .may("completed_at", .time), .may("deadline", .time), .may("deployment", .text),
        .may("source", .word(["api", "web"])),
        .may("metrics", .object([.may("total_time", .number), .may("predict_time", .number)])),
    ])
    static let training = object([
        .has("id", .text), .has("model", .text), .has("version", .text), .has("status", .word(statuses)),
        .has("input", .object([])), .has("error", .orNull(.text)), .has("logs", .text),
        .has("output", .orNull(.object([.has("version", .text), .has("weights", .text)]))),
        .has("source", .word(["api", "web"])), .has("created_at", .time), .may("started_at", .time),
        .may("completed_at", .time), .has("urls", .object([.has("get", .text), .has("cancel", .text)])),
        .has("metrics", .object([.may("total_time", .number), .may("predict_time", .number)])),
    ])
    static let model = object([
        .has("url", .text), .has("owner", .text), .has("name", .text), .has("description", .orNull(.text)),
        .has("visibility", .word(["public", "private"])), .has("is_official", .boolean),
        .has("github_url", .orNull(.text)), .has("paper_url", .orNull(.text)), .has("license_url", .orNull(.text)),
        .has("run_count", .integer), .has("cover_image_url", .orNull(.text)),
        .has("default_example", .orNull(.prediction)), .has("latest_version", .orNull(.version)),
    ])
    private static let collectionMembers: [Member] = [
        .has("name", .text), .has("slug", .text), .has("description", .text),
    ]
    static let collectionItem = object(collectionMembers)
    static let collection = object(
        collectionMembers + [.has("models", .list(.model)), .has("full_description", .orNull(.text))])
    static let deployment = object([
        .has("owner", .text), .has("name", .text),
        .has(
            "current_release",
            .object([
                .has("number", .integer), .has("model", .text), .has("version", .text), .has("created_at", .time),
                .has("created_by", .account),
                .has(
                    "configuration",
                    .object([
                        .has("hardware", .text), .has("min_instances", .integer), .has("max_instances", .integer),
                    ])),
            ])),
    ])
    static let file = object([
        .has("id", .text), .has("name", .text), .has("content_type", .text), .has("size", .integer),
        .has("etag", .text),
        .has("checksums", .object([.has("sha256", .text), .has("md5", .text)])), .has("metadata", .object([])),
        .has("created_at", .time), .has("expires_at", .time), .has("urls", .object([.has("get", .text)])),
    ])
    static let search = object([
        .has("query", .text),
        .has(
            "models",
            .list(
                .object([
                    .has("model", .model),
                    .has(
                        "metadata",
                        .object([
                            .has("generated_description", .orNull(.text)), .has("tags", .list(.text)),
                            .has("score", .orNull(.number)),
                        ])),
                ]))),
        .has("collections", .list(.object(collectionMembers + [.has("models", .orNull(.list(.text)))]))),
        .has("pages", .list(.object([.has("name", .text), .has("href", .text)]))),
    ])
}
