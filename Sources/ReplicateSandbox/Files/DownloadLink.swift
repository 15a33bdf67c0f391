// What a link to /files/{id}/download says, and whether it is genuine.

import Crypto
import FoundationEssentials

struct DownloadLink: Sendable {
    let owner: String
    let expiry: Int64
    let signature: String

    static func parse(_ query: QueryItems) throws(Problem) -> DownloadLink {
        func item(_ name: String) throws(Problem) -> String {
            guard let value = query[name], !value.isEmpty else { throw .badRequest("The query needs \(name).") }
            return value
        }
        let expiry = try item("expiry")
        guard let seconds = Int64(expiry) else { throw .badRequest("expiry must be a number of seconds since 1970.") }
        return DownloadLink(owner: try item("owner"), expiry: seconds, signature: try item("signature"))
    }

    func check(file id: String, secret: [UInt8], at now: Timestamp) throws(Problem) {
        guard owner == Account.username else { throw .unknownFile }
        guard let code = Data(base64Encoded: signature),
            HMAC<SHA256>.isValidAuthenticationCode(
                code, authenticating: Array(Self.message(owner: owner, file: id, expiry: expiry)),
                using: .init(data: secret))
        else { throw .forbidden("The signature of the link is wrong.") }
        guard now.microseconds / 1_000_000 < expiry else { throw .forbidden("The link has expired.") }
    }

    static func signature(owner: String, file id: String, expiry: Int64, secret: [UInt8]) -> String {
        let message = Array(message(owner: owner, file: id, expiry: expiry))
        return Data(HMAC<SHA256>.authenticationCode(for: message, using: .init(data: secret))).base64EncodedString()
    }

    private static func message(owner: String, file id: String, expiry: Int64) -> String.UTF8View {
        "\(owner) \(id) \(expiry)".utf8
    }
}
