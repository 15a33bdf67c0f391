// An uploaded file: what is said about it, and its bytes.

import Crypto
import Replicate

struct FileRecord: Sendable {
    static let maximumSize = 100 << 20
    static let lifeSeconds = 24 * 3600
    private static let maximumName = 255

    let id: String
    let name: String
    let contentType: String
    let metadata: [UInt8]
    let content: ArraySlice<UInt8>
    let createdAt: Timestamp
    private let sha256: String
    private let md5: String

    var expiresAt: Timestamp { createdAt.adding(seconds: Self.lifeSeconds) }

    /// Reads what the parts of an upload say.
    init(_ form: Multipart, id: String, createdAt: Timestamp) throws(Problem) {
        guard let part = form["content"] else { throw .invalid([.required("content", in: "")]) }
        guard part.content.count <= Self.maximumSize else { throw .fileTooLarge }
        let name = form.text("filename") ?? part.fileName ?? "file"
        guard (1...Self.maximumName).contains(name.utf8.count) else {
            throw .invalid([
                SchemaViolation(
                    kind: "string_lte", field: "filename",
                    description: "filename must have 1 to \(Self.maximumName) bytes")
            ])
        }
        self.id = id
        self.name = name
        self.createdAt = createdAt
        contentType = form.text("type") ?? part.contentType ?? "application/octet-stream"
        metadata = try Self.metadata(form["metadata"]?.content)
        content = part.content
        let digests = part.content.withUnsafeBytes { (SHA256.hash(data: $0), Insecure.MD5.hash(data: $0)) }
        sha256 = hexadecimal(digests.0)
        md5 = hexadecimal(digests.1)
    }

    private static func metadata(_ content: ArraySlice<UInt8>?) throws(Problem) -> [UInt8] {
        guard let content else { return Array("{}".utf8) }
        guard let json = try? JSON(validating: Array(content)), json.kind == .object else {
            throw .invalid([.type(expected: "object", given: "text", at: "metadata")])
        }
        return Array(json.bytes)
    }

    func json(base: String) -> JSONObject {
        var checksums = JSONObject()
        checksums.add("sha256", sha256)
        checksums.add("md5", md5)
        var urls = JSONObject()
        urls.add("get", "\(base)/v1/files/\(id)")
        var object = JSONObject()
        object.add("id", id)
        object.add("name", name)
        object.add("content_type", contentType)
        object.add("size", content.count)
        object.add("etag", md5)
        object.add("checksums", checksums)
        object.add("metadata", raw: metadata)
        object.add("created_at", createdAt.text)
        object.add("expires_at", expiresAt.text)
        object.add("urls", urls)
        return object
    }
}
