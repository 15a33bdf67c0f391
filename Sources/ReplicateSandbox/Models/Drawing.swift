// What the models that draw have in common: their sizes, and the saying of what they are.

import Crypto
import Replicate

enum Drawing {
    static func file(
        _ name: String, size: Picture.Size, subject: [String], in run: ModelRun
    ) async throws -> OutputFile {
        try await run.log("replicate-sandbox: drawing \(size.width)x\(size.height) pixels here, with no neural network")
        return try png(name) { () throws(PNG.Unreadable) in try Picture.drawn(subject, size: size).png() }
    }

    static func png(_ name: String, _ write: () throws(PNG.Unreadable) -> [UInt8]) throws(ModelFailure) -> OutputFile {
        do throws(PNG.Unreadable) {
            return OutputFile(name: "\(name).png", type: "image/png", bytes: try write())
        } catch {
            throw ModelFailure(message: "The picture cannot be written: \(error.reason).")
        }
    }

    static func ratio(_ input: ModelInput) throws(ModelFailure) -> Double {
        guard let ratio = Picture.Size.ratio(input.text("aspect_ratio")) else {
            throw ModelFailure(message: "aspect_ratio must be like 16:9.")
        }
        return ratio
    }

    /// Of the bytes of a data: URI, an uploaded file or an output; of the URL's text where the bytes are elsewhere, as
    /// nothing here looks into the network.
    static func digest(ofFileAt uri: String, in run: ModelRun) async throws -> String {
        if let file = await run.ownFile(at: uri) { return await file.content.digests().sha256 }
        if uri.prefix(5).lowercased() == "data:" { return try await run.file(at: uri).content.digests().sha256 }
        try await run.log("replicate-sandbox: \(uri.prefix(200)) is not looked up; its text stands for it")
        return hexadecimal(SHA256.hash(data: Array(uri.utf8)))
    }
}
