// Signs a link to a file, by which somebody without the token can fetch it.

public enum DownloadSignature {
    /// In base64, for the parameter `signature` of the download.
    /// - Parameters:
    ///   - expiry: seconds since 1970.
    ///   - secret: the signing secret of the account's files.
    public static func sign(owner: String, id: String, expiry: Int64, secret: [UInt8]) throws(ReplicateError) -> String {
        try Operation.filesDownload.check([id, owner, String(expiry), "none"])
        // What is signed is one text, in which a space ends the owner's name and the id.
        for (name, value) in [("owner", owner), ("id", id)] where value.utf8.contains(UInt8(ascii: " ")) {
            throw ReplicateError(.invalidInput, "\(name) holds a space")
        }
        guard expiry >= 0 else { throw ReplicateError(.invalidInput, "expiry is below 0") }
        guard !secret.isEmpty else { throw ReplicateError(.invalidInput, "secret is empty") }
        return Base64.encode(MessageCode(Array("\(owner) \(id) \(expiry)".utf8), key: secret).bytes)
    }
}
