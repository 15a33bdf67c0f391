// replicate_webhook_validate and replicate_files_sign: what secrets prove, with no client.

import CReplicate
import Glibc
import Replicate

@_cdecl("replicate_webhook_validate") @implementation
public func replicate_webhook_validate(
    _ id: UnsafePointer<CChar>?, _ timestamp: UnsafePointer<CChar>?, _ signature: UnsafePointer<CChar>?,
    _ body: UnsafeRawPointer?, _ length: Int, _ secret: UnsafePointer<CChar>?, _ tolerance: Int64
) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        let webhook = Webhook(
            id: try optionalText(id, "the header webhook-id"),
            timestamp: try optionalText(timestamp, "the header webhook-timestamp"),
            signature: try optionalText(signature, "the header webhook-signature"))
        // A body may be large, and is looked at where it is.
        let body =
            body == nil && length == 0
            ? UnsafeRawBufferPointer(start: nil, count: 0)
            : try borrowed(body?.assumingMemoryBound(to: CChar.self), length, "body")
        let secret = try WebhookSecret(try text(secret, "secret"))
        try webhook.validate(body: body, secret: secret, tolerance: tolerance < 0 ? nil : tolerance, now: Int64(time(nil)))
    }
}

@_cdecl("replicate_files_sign") @implementation
public func replicate_files_sign(
    _ owner: UnsafePointer<CChar>?, _ id: UnsafePointer<CChar>?, _ expiry: Int64, _ secret: UnsafeRawPointer?, _ length: Int,
    _ signature: UnsafeMutablePointer<CChar>?
) -> OpaquePointer? {
    failable { () throws(ReplicateError) in
        guard let signature else { throw wrong("signature", "is NULL: there is no place for the result") }
        signature.pointee = 0
        let signed = try DownloadSignature.sign(
            owner: try text(owner, "owner"), id: try text(id, "id"), expiry: expiry,
            secret: try bytes(secret?.assumingMemoryBound(to: CChar.self), length, "secret"))
        let text = signed.utf8CString
        guard text.count == Int(REPLICATE_SIGNATURE_SIZE) else {
            throw ReplicateError(.internal, "the signature has another size")
        }
        for (offset, byte) in text.enumerated() { signature[offset] = byte }
    }
}
