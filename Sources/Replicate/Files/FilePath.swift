// A path of the caller's, as it is meant when it is given: what is opened later is the same file, wherever the program has gone.

import Glibc

public enum FilePath {
    public static func absolute(_ path: String) -> String {
        guard !path.isEmpty, path.utf8.first != UInt8(ascii: "/") else { return path }
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        guard getcwd(&buffer, buffer.count) != nil,
            let folder = String(validating: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        else { return path }
        return folder.hasSuffix("/") ? folder + path : "\(folder)/\(path)"
    }

    /// What stands between slashes. They are bytes here and not letters: a name may begin with an accent or a joiner, which
    /// makes one letter with the slash before it.
    static func parts(_ path: Substring) -> [Substring] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) }
    }
}
