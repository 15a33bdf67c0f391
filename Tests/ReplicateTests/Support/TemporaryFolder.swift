// A folder of a test's own, which goes with it.

import Glibc

@testable import Replicate

final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        var template = Array("/tmp/replicate-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw LoopbackServer.Failure(errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        for name in names { unlink(at(name)) }
        for name in names { rmdir(at(name)) }
        rmdir(path)
    }

    func at(_ name: String) -> String { "\(path)/\(name)" }

    /// What is in it, hidden files too.
    var names: [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    @discardableResult
    func write(_ name: String, _ bytes: [UInt8], mode: mode_t = 0o644) throws -> String {
        let descriptor = open(at(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw LoopbackServer.Failure(errno) }
        defer { close(descriptor) }
        guard Glibc.write(descriptor, bytes, bytes.count) == bytes.count, fchmod(descriptor, mode) == 0 else {
            throw LoopbackServer.Failure(errno)
        }
        return at(name)
    }

    @discardableResult
    func write(_ name: String, _ text: String, mode: mode_t = 0o644) throws -> String {
        try write(name, Array(text.utf8), mode: mode)
    }

    func read(_ name: String) -> [UInt8]? {
        guard let file = fopen(at(name), "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
        return bytes
    }

    func text(_ name: String) -> String? { read(name).map { String(decoding: $0, as: UTF8.self) } }

    func mode(_ name: String) -> mode_t? {
        var status = stat()
        return stat(at(name), &status) == 0 ? status.st_mode & 0o7777 : nil
    }
}
