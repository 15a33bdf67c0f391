// Files on disk are whole, or they are not there: whatever stood under the name stands there until the new one is complete,
// and nothing is left beside it.

import Glibc
import Testing

@testable import Replicate

@Suite(.serialized)
struct FileSinkTests {
    private typealias Step = ScriptedNetwork.Step
    private static let whole = Step.stream(200, ["new ", "file"], [("Content-Length", "8")])
    private static let broken = Step.stream(200, ["new "], [("Content-Length", "8")], breaks: .broken)

    @Test func aWholeFileIsPutInItsPlace() async throws {
        let folder = try TemporaryFolder()
        let run = try await FetchRun([Self.whole], to: folder.at("out.png"))
        #expect(try run.result.get().bytes == nil && run.result.get().size == 8)
        #expect(folder.text("out.png") == "new file" && folder.names == ["out.png"])
    }

    @Test(arguments: [
        [Self.broken], [Self.broken, .stream(404, [])], [.stream(404, ["no"])], [.redirect("ftp://x/")],
        [.fails(.tls, touched: false)],
    ])
    private func afterAFailureThereIsWhatWasThereBefore(_ steps: [Step]) async throws {
        for before in ["old", nil] {
            let folder = try TemporaryFolder()
            if let before { try folder.write("out", before, mode: 0o640) }
            let retries = String(steps.count - 1)
            let run = try await FetchRun(steps, to: folder.at("out"), ["max_retries": retries])
            #expect(run.error != nil)
            #expect(folder.names == (before == nil ? [] : ["out"]) && folder.text("out") == before)
        }
    }

    @Test func afterACancelToo() async throws {
        let folder = try TemporaryFolder()
        try folder.write("out", "old")
        let run = try await FetchRun([Self.broken], to: folder.at("out"), cancelingSleep: 1)
        #expect(run.error?.kind == .canceled)
        #expect(folder.names == ["out"] && folder.text("out") == "old")
    }

    @Test func meanwhileTheOldFileStandsThereAndTheNewOneIsHidden() throws {
        let folder = try TemporaryFolder()
        try folder.write("out", "old")
        let sink = try FileSink(path: folder.at("out"))
        try sink.write(Array("new".utf8))
        #expect(folder.text("out") == "old")
        let temporary = try #require(folder.names.first { $0 != "out" })
        #expect(folder.names.count == 2 && temporary.hasPrefix(".replicate-") && temporary.hasSuffix(".part"))
        #expect(folder.mode(temporary) == 0o600, "nobody else reads what may be secret")
        try sink.restart()
        try sink.write(Array("n".utf8))
        try sink.commit()
        #expect(folder.text("out") == "n" && folder.names == ["out"])
    }

    @Test func rightsAreThoseOfANewFileOrOfTheOldOne() throws {
        let folder = try TemporaryFolder()
        let before = umask(0o027)
        defer { umask(before) }
        for (name, old, rights) in [("new", nil, 0o640), ("kept", 0o604, 0o604), ("set", 0o4755, 0o755)]
            as [(String, mode_t?, mode_t)]
        {
            if let old { try folder.write(name, "old", mode: old) }
            try FileSink(path: folder.at(name)).commit()
            #expect(folder.mode(name) == rights, "\(name)")
        }
    }

    @Test(arguments: [
        ("folder", "is a folder"), ("folder/", "does not name a file"), ("", "does not name a file"),
        ("missing/x", "No such file"),
        ("file/x", "Not a directory"), ("pipe", "not a file that can be replaced"), (".", "is a folder"), ("..", "is a folder"),
        (String(repeating: "x", count: 256), "too long"), ("a\0b", "does not name a file"),
    ])
    func placesWhereNoFileCanBeAreRefusedBeforeAnythingIsAsked(_ name: String, _ why: String) async throws {
        let folder = try TemporaryFolder()
        try folder.write("file", "x")
        #expect(mkdir(folder.at("folder"), 0o700) == 0 && mkfifo(folder.at("pipe"), 0o600) == 0)
        let run = try await FetchRun([], to: name.isEmpty ? "" : folder.at(name))
        #expect(run.error?.kind == .invalidInput && run.error?.message.contains(why) == true, "\(String(describing: run.error))")
        #expect(folder.names == ["file", "folder", "pipe"])
    }

    @Test(arguments: ["/dev/null", "/proc/version", "/proc/x", "/dev/full"])
    func systemFilesAreNotReplaced(_ path: String) {
        #expect(throws: ReplicateError.self) { try FileSink(path: path) }
    }

    @Test func aLinkIsReplacedAndNotFollowed() throws {
        let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
        try other.write("secret", "secret", mode: 0o600)
        #expect(symlink(other.at("secret"), folder.at("out")) == 0 && symlink("/nowhere/x", folder.at("dangling")) == 0)
        for name in ["out", "dangling"] {
            let sink = try FileSink(path: folder.at(name))
            try sink.write(Array("new".utf8))
            try sink.commit()
            #expect(folder.text(name) == "new")
        }
        #expect(other.text("secret") == "secret" && folder.names == ["dangling", "out"])
    }

    @Test func twoAtOnceToOneNameAreEachWhole() throws {
        let folder = try TemporaryFolder()
        let (first, second) = (try FileSink(path: folder.at("out")), try FileSink(path: folder.at("out")))
        try first.write(Array("fir".utf8))
        try second.write(Array("second".utf8))
        try first.write(Array("st".utf8))
        try first.commit()
        #expect(folder.text("out") == "first")
        try second.commit()
        #expect(folder.text("out") == "second" && folder.names == ["out"])
    }

    @Test func aProgramThatChangesItsFolderMeanwhileLosesNothing() throws {
        let (folder, other) = (try TemporaryFolder(), try TemporaryFolder())
        let before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer {
            fchdir(before)
            close(before)
        }
        chdir(folder.path)
        var sink: FileSink? = try FileSink(path: "out")
        var dropped: FileSink? = try FileSink(path: "dropped")
        #expect(dropped != nil)
        chdir(other.path)
        try sink?.commit()
        (sink, dropped) = (nil, nil)
        #expect(folder.names == ["out"] && other.names.isEmpty)
    }

    @Test func whatCannotBePutInItsPlaceIsTakenAway() throws {
        let folder = try TemporaryFolder()
        let sink = try FileSink(path: folder.at("out"))
        #expect(mkdir(folder.at("out"), 0o700) == 0)
        let error = #expect(throws: ReplicateError.self) { try sink.commit() }
        #expect(error?.kind == .internal && error?.message.contains("put in its place") == true)
        #expect(folder.names == ["out"])
    }

    @Test func descriptorsAreGivenBack() throws {
        let folder = try TemporaryFolder()
        let probe = dup(0)
        close(probe)
        for round in 0..<20 {
            let sink = try FileSink(path: folder.at("out"))
            if round % 2 == 0 { try sink.commit() }
            _ = try? FileSink(path: folder.path)
            _ = try? FileSink(path: folder.at("out/x"))
        }
        let after = dup(0)
        close(after)
        #expect(after < probe + 10, "other tests run beside this one")
    }
}
