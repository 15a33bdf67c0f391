// The files that an input names: data: URIs, uploads, and outputs of other predictions. Nothing here looks into the network.

import FoundationEssentials

struct InputFile: Sendable {
    /// Nil where nothing says it.
    var name: String?
    var type: String
    var content: FileContent

    /// Nil where the text is no data: URI that can be decoded.
    init?(dataURI text: String) {
        guard text.prefix(5).lowercased() == "data:", let comma = text.firstIndex(of: ",") else { return nil }
        let head = text[..<comma].dropFirst(5)
        guard let content = percentDecodedBytes(text[comma...].dropFirst()) else { return nil }
        if head.lowercased().hasSuffix(";base64") {
            guard let data = Data(base64Encoded: Data(content)) else { return nil }
            self.content = .bytes(Array(data)[...])
        } else {
            self.content = .bytes(content[...])
        }
        let type = HeaderValue(String(head)).value.lowercased()
        self.type = type.contains("/") ? type : "text/plain"
    }

    init(name: String, type: String, content: FileContent) {
        (self.name, self.type, self.content) = (name, type, content)
    }

    /// Whether a text is meant to name a file at all.
    static func isURI(_ text: String) -> Bool {
        ["data:", "http://", "https://"].contains { text.prefix($0.count).lowercased() == $0 }
    }

    /// The path of a URL of this server, in its segments; nil for one of any other.
    /// - Parameter base: where the prediction's request came to. The same port under another loopback name is as good.
    static func path(of url: String, base: String) -> [String]? {
        guard let (authority, path) = parts(url), let (own, _) = parts(base) else { return nil }
        let isOwn = authority == own || (isLoopback(authority) && isLoopback(own) && port(authority) == port(own))
        guard isOwn, !path.contains("?"), !path.contains("#") else { return nil }
        return path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
    }

    private static func parts(_ url: String) -> (authority: String, path: Substring)? {
        guard url.prefix(7).lowercased() == "http://" else { return nil }
        let rest = url.dropFirst(7)
        let end = rest.firstIndex(of: "/") ?? rest.endIndex
        return (rest[..<end].lowercased(), rest[end...])
    }

    private static func port(_ authority: String) -> Substring? { authority.split(separator: ":").last }

    private static func isLoopback(_ authority: String) -> Bool {
        ["localhost:", "127.0.0.1:", "[::1]:"].contains { authority.hasPrefix($0) }
    }
}

extension ModelRun {
    func file(at uri: String) async throws(ModelFailure) -> InputFile {
        if uri.prefix(5).lowercased() == "data:" {
            guard let file = InputFile(dataURI: uri) else { throw ModelFailure(message: "A data: URI cannot be decoded.") }
            return file
        }
        if let file = await ownFile(at: uri) { return file }
        throw ModelFailure(
            message: """
                \(uri.prefix(200)) is no file of this sandbox: an input may name an upload or an output here, or be a data: URI.
                """)
    }

    /// Nil where the URL leads elsewhere, or to nothing.
    func ownFile(at url: String) async -> InputFile? {
        guard let path = InputFile.path(of: url, base: base), let name = path.last else { return nil }
        switch (path.first, path.count) {
        case ("v1", 3) where path[1] == "files":
            guard let upload = (try? await files.file(name))?.upload else { return nil }
            return InputFile(name: upload.name, type: upload.contentType, content: upload.content)
        case ("outputs", 3):
            guard let file = await store.prediction(path[1])?.file(named: name) else { return nil }
            return InputFile(name: file.name, type: file.type, content: file.content)
        default: return nil
        }
    }
}
