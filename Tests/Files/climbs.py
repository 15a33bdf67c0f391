"""What a server may say that a file, a prediction or a type is called. Made by hand, kind by kind."""

#: Behind the last slash of a URL, or around it.
CLIMBS = """
.. ../ ../x ../../x ../../../../../../../../tmp/x a/../../x ./../x /../x //x /// x/.. x/. x/ %2e%2e %2e%2e%2f %2e%2e%2fx
%2E%2E%2Fx ..%2f..%2fx ..%2Fx %2e./x .%2e/x %2f %2fetc%2fpasswd %2f%2fx %252e%252e%252fx %25252e%25252e ..%252fx
%c0%ae%c0%ae%c0%afx %c0%af %e0%80%afx %f0%80%80%afx ..%c1%9cx ..%5cx ..%5c..%5cx %5c %5c%5cserver%5cshare C:%5cx C:x C:/x
c%3a%5cx %5c..%5cx a%5c..%5c..%5cx %00 a%00b %00/x x%00.png x.png%00 ..%00/x %2e%2e%00%2fx a%0ab a%0d%0ab %0a %1b[2J a%7fb
a%09b . ... .... .%20 ..%20 %20.. %20 %20%20 .bashrc .ssh .replicate-x.part -rf --help - ~ ~root CON con con.txt NUL.png nul
AUX.tar.gz COM1 com9.png LPT1.x PRN. CON%20.png CONIN%24 COM%C2%B9.png %e2%80%aegnp.exe %e2%80%8b a%e2%80%8bb %ef%bb%bfx
%e2%88%95etc %ef%bc%8fx %ef%bc%8e%ef%bc%8e%ef%bc%8fx %ff%fe %ed%a0%80 x?a=../../y x?/../../y x#/../../y ? # ?x
x?filename=../../y x;a=b x%3Fy x%23y * %3Cx%3E %22x%22 %7Cx a%3Ab x.PNG x.tar.gz x. x.. x.%20 x.p/ng x.png%2f x.%2e%2e
x.%00png x.sh%00.png x.png.exe $(id) %60id%60 %24%7BHOME%7D %25HOME%25 ! & ' %27 %3Bx x%0A.png output-0 abc-output-0 x%20y.png
% %2 %zz %u002e%u002e %2e%2e% + a+b %2B x,y (x) [x] %5Bx%5D {x} @ x@y http:%2f%2fx file:%2f%2f%2fx
""".split()
CLIMBS += ["", "n" * 200, "n" * 255, "n" * 256, "n" * 4096, "n" * 4000 + ".png", "x." + "y" * 300]
CLIMBS += ["%C3%A9" * 300, "%F0%9F%98%80" * 300, "e" + "%CC%81" * 400]

#: What may be a prediction's id, which the names begin with.
IDS = [
    "..",
    ".",
    "/",
    "../x",
    "/etc/x",
    "a/b",
    "..\\x",
    "C:\\x",
    "\0",
    "a\0b",
    "a\nb",
    "",
    "n" * 4096,
    "CON",
    "nul.txt",
    "-rf",
    ".x",
]
IDS += ["\u202egnp", "\u200b", " ", "é" * 300, "~root", "a:b", "*", "%2e%2e%2fx", "\uff0f", "$(id)", "\x1b[2J"]
#: Types, which a name without an end gets one by.
TYPES = [
    "image/png",
    "image/../../x",
    "image/png; name=../../x",
    "../x",
    "/",
    "x/y",
    "image/" + "n" * 3000,
    'a/b;c="../x"',
    "IMAGE/PNG",
    "",
    "é/é",
]
