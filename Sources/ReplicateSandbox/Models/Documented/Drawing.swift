// What the models that draw have in common: their sizes, and the saying of what they are.

import Crypto
import FoundationEssentials
import Replicate

enum Drawing {
    static func file(
        _ name: String, size: Picture.Size, subject: [String], in run: ModelRun
    ) async throws -> OutputFile {
        try await run.log("replicate-sandbox: drawing \(size.width)x\(size.height) pixels here, with no neural network")
        let png = Picture.png(size: size, subject: subject)
        return OutputFile(name: "\(name).png", type: "image/png", bytes: png)
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
        if uri.prefix(5).lowercased() == "data:" {
            guard let bytes = dataURI(uri) else { throw ModelFailure(message: "A data: URI cannot be decoded.") }
            return hexadecimal(SHA256.hash(data: bytes))
        }
        let path = uri.split(separator: "/", omittingEmptySubsequences: false).suffix(3).map(String.init)
        if let name = path.last, let id = path.dropLast().last {
            if id == "files", let file = try? await run.files.file(name) {
                return hexadecimal(file.content.withUnsafeBytes { SHA256.hash(data: $0) })
            }
            if path.first == "outputs", let file = await run.store.prediction(id)?.file(named: name) {
                return hexadecimal(SHA256.hash(data: file.bytes))
            }
        }
        try await run.log("replicate-sandbox: \(uri.prefix(200)) is not looked up; its text stands for it")
        return hexadecimal(SHA256.hash(data: Array(uri.utf8)))
    }

    private static func dataURI(_ uri: String) -> [UInt8]? {
        guard let comma = uri.firstIndex(of: ",") else { return nil }
        let content = String(uri[comma...].dropFirst())
        guard uri[..<comma].hasSuffix(";base64") else { return percentDecoded(content).map { Array($0.utf8) } }
        return Data(base64Encoded: content).map { Array($0) }
    }
}
