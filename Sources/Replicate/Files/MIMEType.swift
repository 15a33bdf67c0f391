// What a file most likely is, by the end of its name: the types that models take and give.

public enum MIMEType {
    static let unknown = "application/octet-stream"

    static func of(fileName: String) -> String {
        guard let dot = fileName.utf8.lastIndex(of: UInt8(ascii: ".")) else { return unknown }
        return types[fileName[fileName.utf8.index(after: dot)...].lowercased()] ?? unknown
    }

    /// By the name's end, of a file at a URL; without what follows the path.
    public static func of(url: String) -> String {
        let path = Substring(url.utf8.prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") })
        return of(fileName: path.utf8.last == UInt8(ascii: "/") ? "" : String(FilePath.parts(path).last ?? ""))
    }

    /// Every type that there is a name's end for.
    public static var all: [String] { Array(types.values) }

    /// How the name of a file of this type ends, "png" for one; nil where nothing says it.
    static func ending(of type: String) -> String? {
        let name = type.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
        return others[name] ?? endings[name]
    }

    /// Of several endings the one that is met most, and types that go by another name.
    private static let others: [String: String] = [
        "image/jpeg": "jpg", "image/jpg": "jpg", "image/tiff": "tif", "image/x-png": "png", "image/heif": "heif",
        "audio/mp3": "mp3", "audio/x-wav": "wav", "audio/wave": "wav", "audio/vnd.wave": "wav", "audio/x-flac": "flac",
        "audio/ogg": "ogg", "audio/aiff": "aiff", "audio/midi": "mid", "audio/x-m4a": "m4a", "video/mp4": "mp4",
        "video/mpeg": "mpg", "text/html": "html", "text/xml": "xml", "application/yaml": "yaml", "application/gzip": "gz",
        "application/x-gzip": "gz", "application/x-zip-compressed": "zip",
    ]

    /// The first one in the alphabet, where a type has several.
    private static let endings: [String: String] = Dictionary(types.map { ($1, $0) }, uniquingKeysWith: min)

    private static let types: [String: String] = [
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
        "avif": "image/avif", "heic": "image/heic", "heif": "image/heif", "bmp": "image/bmp", "tif": "image/tiff",
        "tiff": "image/tiff", "svg": "image/svg+xml", "ico": "image/vnd.microsoft.icon", "jxl": "image/jxl",
        "psd": "image/vnd.adobe.photoshop", "exr": "image/x-exr", "hdr": "image/vnd.radiance",
        "mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "ogg": "audio/ogg", "oga": "audio/ogg",
        "opus": "audio/opus", "m4a": "audio/mp4", "aac": "audio/aac", "aif": "audio/aiff", "aiff": "audio/aiff",
        "mid": "audio/midi", "midi": "audio/midi", "weba": "audio/webm",
        "mp4": "video/mp4", "m4v": "video/mp4", "webm": "video/webm", "mov": "video/quicktime", "mkv": "video/x-matroska",
        "avi": "video/x-msvideo", "mpeg": "video/mpeg", "mpg": "video/mpeg", "ogv": "video/ogg", "3gp": "video/3gpp",
        "txt": "text/plain", "md": "text/markdown", "csv": "text/csv", "tsv": "text/tab-separated-values",
        "html": "text/html", "htm": "text/html", "css": "text/css", "xml": "application/xml", "srt": "application/x-subrip",
        "vtt": "text/vtt", "lua": "text/x-lua", "py": "text/x-python", "js": "text/javascript",
        "json": "application/json", "jsonl": "application/jsonl", "yaml": "application/yaml", "yml": "application/yaml",
        "pdf": "application/pdf", "rtf": "application/rtf", "epub": "application/epub+zip",
        "doc": "application/msword",
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        "zip": "application/zip", "tar": "application/x-tar", "gz": "application/gzip", "tgz": "application/gzip",
        "bz2": "application/x-bzip2", "xz": "application/x-xz", "zst": "application/zstd", "7z": "application/x-7z-compressed",
        "rar": "application/vnd.rar", "parquet": "application/vnd.apache.parquet",
        "glb": "model/gltf-binary", "gltf": "model/gltf+json", "obj": "model/obj", "stl": "model/stl", "ply": "model/ply",
        "usdz": "model/vnd.usdz+zip", "woff": "font/woff", "woff2": "font/woff2", "ttf": "font/ttf", "otf": "font/otf",
    ]
}
