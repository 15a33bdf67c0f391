// Which texts of an output are files: a whole URL, or a data: URI that can be decoded. Text that merely begins with one, or
// holds one, is text.

public enum OutputFile {
    /// `origin` is the API's: only where that is http may a file's URL be.
    static func isOne(_ text: UnsafeRawBufferPointer, origin: Origin) -> Bool {
        DataURI.looksLikeOne(text) ? DataURI(text) != nil : url(text, origin: origin) != nil
    }

    static func url(_ text: UnsafeRawBufferPointer, origin: Origin) -> WebURL? {
        guard text.count <= CallerText.longestURL, text.allSatisfy(URIByte.isOne) else { return nil }
        let scheme = String(decoding: text.prefix { $0 != UInt8(ascii: ":") }, as: UTF8.self).lowercased()
        guard scheme == "https" || (scheme == "http" && origin.scheme == "http") else { return nil }
        let rest = text.dropFirst(scheme.utf8.count)
        // libcurl would take a path for the host, and so on.
        guard rest.starts(with: "://".utf8), let first = rest.dropFirst(3).first, !"/?#:@".utf8.contains(first),
            let url = WebURL(String(decoding: text, as: UTF8.self)), !url.hasUser, !url.origin.host.isEmpty,
            url.origin.isPlain
        else { return nil }
        return url
    }
}

extension Client {
    /// Whether a text of an output is a file.
    public func isFile(_ text: UnsafeRawBufferPointer) -> Bool { OutputFile.isOne(text, origin: configuration.base.origin) }
}
