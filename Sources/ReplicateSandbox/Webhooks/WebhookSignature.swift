// How a receiver knows that a webhook is genuine: an HMAC over its id, its time and its body.

import Crypto
import FoundationEssentials

enum WebhookSignature {
    /// - Parameter secret: as the API tells it, `whsec_` and the key in base64.
    static func text(id: String, timestamp: Int64, body: [UInt8], secret: String) -> String {
        let key = Data(base64Encoded: String(secret.drop { $0 != "_" }.dropFirst())) ?? Data()
        let content = Array("\(id).\(timestamp).".utf8) + body
        return "v1," + Data(HMAC<SHA256>.authenticationCode(for: content, using: .init(data: key))).base64EncodedString()
    }
}
