// An uploaded file: what is said about it, and its bytes.

import Replicate

/// What an upload brings, before it is kept.
struct Upload: Sendable {
    private static let maximumName = 255

    let name: String
    let contentType: String
    let metadata: [UInt8]
    /// A part of the request's body: it is in memory once.
    let content: FileContent
    let digests: FileContent.Digests

    /// Reads what the parts of a form say.
    /// - Parameter limit: the length of the longest file that is taken.
    init(_ form: Multipart, limit: Int) async throws(Problem) {
        guard let part = form["content"] else { throw .invalid([.required("content", in: "")]) }
        guard part.content.count <= limit else { throw .fileTooLarge(limit: limit) }
        let name = form.text("filename") ?? part.fileName ?? "file"
        guard (1...Self.maximumName).contains(name.utf8.count) else {
            throw .invalid([
                SchemaViolation(
                    kind: "string_lte", field: "filename",
                    description: "filename must have 1 to \(Self.maximumName) bytes")
            ])
        }
        self.name = name
        contentType = form.text("type") ?? part.contentType ?? "application/octet-stream"
        metadata = try Self.metadata(form["metadata"]?.content)
        content = .bytes(part.content)
        digests = await content.digests()
    }

    private static func metadata(_ content: ArraySlice<UInt8>?) throws(Problem) -> [UInt8] {
        guard let content else { return Array("{}".utf8) }
        guard let json = try? JSON(validating: Array(content)), json.kind == .object else {
            throw .invalid([.type(expected: "object", given: "text", at: "metadata")])
        }
        return Array(json.bytes)
    }
}

struct FileRecord: Sendable {
    static let lifeSeconds = 24 * 3600

    let id: String
    let upload: Upload
    let createdAt: Timestamp

    var expiresAt: Timestamp { createdAt.adding(seconds: Self.lifeSeconds) }
    var etag: String { upload.digests.md5 }

    func json(base: String) -> JSONObject {
        var checksums = JSONObject()
        checksums.add("sha256", upload.digests.sha256)
        checksums.add("md5", upload.digests.md5)
        var urls = JSONObject()
        urls.add("get", "\(base)/v1/files/\(id)")
        var object = JSONObject()
        object.add("id", id)
        object.add("name", upload.name)
        object.add("content_type", upload.contentType)
        object.add("size", upload.content.count)
        object.add("etag", etag)
        object.add("checksums", checksums)
        object.add("metadata", raw: upload.metadata)
        object.add("created_at", createdAt.text)
        object.add("expires_at", expiresAt.text)
        object.add("urls", urls)
        return object
    }
}
