// Models, versions, deployments, lists and searches: what may be done to them, and in which order they come.

import Replicate
import Testing

@testable import ReplicateSandbox

@Suite struct CatalogueTests {
    @Test func pagesMeetInBothDirections() {
        let ranks = Array(stride(from: 10, through: 70, by: 10))
        func page(_ cursor: Cursor?) -> Listing<Int> { Listing(ranks, at: cursor, limit: 3) { $0 } }
        let first = page(nil)
        #expect(first.elements == [10, 20, 30] && first.previous == nil)
        let second = page(first.next)
        #expect(second.elements == [40, 50, 60])
        let third = page(second.next)
        #expect(third.elements == [70] && third.next == nil)
        #expect(page(third.previous).elements == [40, 50, 60] && page(second.previous).elements == [10, 20, 30])
        #expect(page(.after(35)).elements == [40, 50, 60])  // what the cursor named may be gone
        #expect(page(.after(70)).elements.isEmpty && page(.before(10)).elements.isEmpty)
        #expect(Listing([Int](), at: nil, limit: 3) { $0 }.next == nil)
    }

    @Test func searchCursorsCarryTheirText() {
        let cursor = SearchCursor(text: "a b+ü", offset: 25)
        #expect(percentDecoded(cursor.encoded).flatMap(SearchCursor.init) == cursor)
        for text in ["", "?", "czE=", Cursor.after(3).text] { #expect(SearchCursor(text) == nil) }
    }

    @Test(arguments: [
        ("hello", 1.0), ("hel", 0.5), ("he", 0), ("hello zebra", 0.5), ("REPLICATE", 0.8), ("", 0), ("?!", 0),
    ])
    func scores(text: String, score: Double) {
        let search = Search(text)
        #expect(search.score([("hello-world", 1), ("replicate", 0.8)]) == score)
    }

    @Test(arguments: [
        ("a", true), ("a-b_c.9", true), ("", false), ("-a", false), ("a-", false), ("A", false), ("a/b", false),
        ("ü", false), (String(repeating: "a", count: 65), false),
    ])
    func names(text: String, isName: Bool) {
        #expect(FullName.isName(text) == isName)
    }

    @Test func anAccountHasAtMostAThousandModels() async throws {
        let catalogue = try Catalogue(startedAt: Timestamp(microseconds: 0), speed: 1)
        func create(_ number: Int) async throws {
            let body = #"{"owner":"sandbox","name":"m\#(number)","visibility":"public","hardware":"cpu"}"#
            _ = try await catalogue.create(.parse(Array(body.utf8)))
        }
        for number in 0..<Catalogue.maximumModels { try await create(number) }
        await #expect(throws: Problem.self) { try await create(Catalogue.maximumModels) }
        try await #expect(catalogue.model(FullName(owner: "sandbox", name: "m999")).name.name == "m999")
    }

    @Test func aDeploymentRestsBeforeItIsDeleted() throws {
        let version = try ModelVersion(Echo(), createdAt: Timestamp(microseconds: 0))
        let now = Timestamp(microseconds: 0)
        let configuration = Deployment.Configuration(hardware: "cpu", minInstances: 0, maxInstances: 1)
        var deployment = Deployment(
            name: FullName(owner: "sandbox", name: "d"), version: version, configuration: configuration, at: now)
        func isDeletable(after seconds: Int, speed: Double) -> Bool {
            (try? deployment.checkDeletable(at: now.adding(seconds: seconds), speed: speed)) != nil
        }
        #expect(isDeletable(after: 0, speed: 1))
        deployment.usedAt = now
        #expect(!isDeletable(after: 899, speed: 1) && isDeletable(after: 900, speed: 1))
        #expect(!isDeletable(after: 8, speed: 100) && isDeletable(after: 9, speed: 100))
        let preset = Deployment.preset(version, at: now)
        #expect(throws: Problem.self) { try preset.checkDeletable(at: now.adding(seconds: 9999), speed: 1) }
    }

    /// A rest of a quarter of an hour, and one of nothing.
    @Test(arguments: [(1.0, 409), (1e9, 204)])
    func aUsedDeploymentIsDeletedAfterItsRest(speed: Double, status: Int) async throws {
        try await LocalSandbox.run(speed: speed) { sandbox in
            let version = try await sandbox.version(of: "sandbox/echo")
            let body = """
                {"name":"d","model":"sandbox/echo","version":"\(version)","hardware":"cpu","min_instances":0,\
                "max_instances":0}
                """
            #expect(await sandbox.call("POST", "/v1/deployments", body).status == 200)
            let path = "/v1/deployments/sandbox/d"
            _ = try await sandbox.create("\(path)/predictions", #"{"input":{}}"#, prefer: "wait")
            #expect(await sandbox.call("DELETE", path).status == status)
            #expect(await sandbox.call("GET", path).status == (status == 204 ? 404 : 200))
        }
    }

    @Test(arguments: [
        ("GET", "/v1/models/a", 404), ("PUT", "/v1/models", 405), ("DELETE", "/v1/files", 405), ("GET", "/v1/", 404),
        ("GET", "/v1/predictions/a/b", 404), ("GET", "/v1/models/a/b/versions/c/d", 404), ("POST", "/v1/account", 405),
        ("GET", "/v1/webhooks/default", 404), ("GET", "/nothing", 404), ("GET", "/v1/models/a//versions", 404),
        ("GET", "/v1/models/a%2Fb/c", 404), ("GET", "/outputs/x/y.png", 404), ("POST", "/about/files", 404),
    ])
    func whatIsNoOperation(method: String, path: String, status: Int) async throws {
        try await LocalSandbox.run { sandbox in
            #expect(await sandbox.call(method, path).status == status)
        }
    }

    @Test func onlySearchNeedsNoToken() async throws {
        try await LocalSandbox.run { sandbox in
            #expect(await sandbox.call("GET", "/v1/search?query=x", token: nil).status == 200)
            for path in ["/v1/models", "/v1/files", "/v1/nothing"] {
                #expect(await sandbox.call("GET", path, token: nil).status == 401)
            }
            #expect(await sandbox.call("GET", "/about/files", token: nil).status == 200)
        }
    }
}
