// The forms in which a model can be named, and what is none of them.

import Testing

@testable import Replicate

struct ModelReferenceTests {
    static let version = String(repeating: "5c7d5dc6", count: 8)

    @Test(
        arguments: [
            ("black-forest-labs/flux-schnell", .model(owner: "black-forest-labs", name: "flux-schnell")),
            ("a/b", .model(owner: "a", name: "b")),
            ("a.b/c_d-e.1", .model(owner: "a.b", name: "c_d-e.1")),
            ("deployments/x", .model(owner: "deployments", name: "x")),
            ("a/b:\(version)", .version(version)),
            ("a/b:v1", .version("v1")),
            ("a/\u{301}b", .model(owner: "a", name: "\u{301}b")), ("a/b:\u{200D}v", .version("\u{200D}v")),
            (version, .version(version)),
            (version.uppercased(), .version(version.uppercased())),
            ("deployments/acme/image-maker", .deployment(owner: "acme", name: "image-maker")),
            ("deployments/deployments/deployments", .deployment(owner: "deployments", name: "deployments")),
        ] as [(String, ModelReference)])
    func reads(_ text: String, _ expected: ModelReference) throws {
        #expect(try ModelReference(text) == expected)
    }

    @Test(arguments: [
        "", "a", "/", "a/", "/b", "a//b", "a/b/c", "a/b/c/d", "deployments/a/b/c", "deployments/a/", "deployments//b",
        "Deployments/a/b",
        "deployments/a/b:\(version)", "a/b:", "a/:v", "a:b/c", "a/b:v:w", "a/b:v:\u{301}w", "a/b/\u{301}c", "a/b:v/w", ":v",
        "a:v", "./b", "a/..", "../b",
        "deployments/../b",
        " a/b", "a/b ", "a/b\n", "a /b", "a/b\0", "a/b\u{7F}", "a\t/b", "https://replicate.com/a/b",
        String(version.dropLast()), version + "0", String(version.dropLast()) + "g",
    ])
    func refuses(_ text: String) throws {
        let error = try #require(throws: ReplicateError.self) { try ModelReference(text) }
        #expect(error.kind == .invalidInput)
        #expect(error.message.hasSuffix(ModelReference.forms))
        #expect(error.delivery == nil)
        #expect(!error.message.contains("\n"))
    }

    @Test(
        arguments: [
            .model(owner: "a", name: "b"), .model(owner: "é", name: "b c"), .version("v"), .version("a/b"),
            .deployment(owner: "a", name: "b"),
        ] as [ModelReference])
    func partsPassTheCheck(_ reference: ModelReference) {
        #expect(throws: Never.self) { try reference.check() }
    }

    @Test(
        arguments: [
            .model(owner: "", name: "b"), .model(owner: "a", name: ""), .model(owner: "a/x", name: "b"),
            .model(owner: "a", name: ".."),
            .version(""), .deployment(owner: "..", name: "b"), .deployment(owner: "a", name: "b\n"),
            .model(owner: "a\\b", name: "c"),
        ] as [ModelReference])
    func partsFailTheCheck(_ reference: ModelReference) throws {
        let error = try #require(throws: ReplicateError.self) { try reference.check() }
        #expect(error.kind == .invalidInput)
    }
}
