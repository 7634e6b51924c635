#!/usr/bin/env python3
"""Writes the images of Tests/DeltaCLDataTests/Images and what Pillow makes of them.

NAME.jpg, NAME.png or NAME.webp is to be read as NAME.expected.pgm or .ppm says, to one step of 255.
Needs Pillow, NumPy and cjpeg of libjpeg-turbo (Debian: libjpeg-turbo-progs).
"""

import io
import pathlib
import struct
import subprocess
import zlib

import numpy
from PIL import Image, ImageOps

folder = pathlib.Path(__file__).resolve().parent.parent / "Tests" / "DeltaCLDataTests" / "Images"
folder.mkdir(exist_ok=True)
random = numpy.random.default_rng(1)


def scene(rows, columns, channels):
    """Slopes with a little noise, so that subsampling and turning show."""
    y, x = numpy.mgrid[0:rows, 0:columns]
    planes = [x * 255 / columns, y * 255 / rows, (x + y) * 255 / (rows + columns), x * y * 255 / (rows * columns)]
    values = numpy.stack(planes[:channels], axis=-1) + random.integers(-8, 9, (rows, columns, channels))
    return values.clip(0, 255).astype(numpy.uint8)


def expected(data, ground=None):
    """What Pillow reads: turned by Exif, laid on a ground where there is one, 16 bits reduced to 8."""
    image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    if image.mode.startswith("I"):
        image = Image.fromarray((numpy.asarray(image).astype(numpy.uint32) >> 8).astype(numpy.uint8))
    is_gray = image.mode in ("1", "L", "LA", "La")
    mode = "L" if is_gray else "RGB"
    if ground is not None:
        image = image.convert("LA" if is_gray else "RGBA")
        laid = Image.new(mode, image.size, ground if is_gray else (ground,) * 3)
        laid.paste(image.convert(mode), mask=image.getchannel("A"))
        return laid
    return image.convert(mode)


def write(name, data, ground=None, equal=None):
    """Writes a case; `equal` is a file of the same picture that Pillow reads where it misreads this one."""
    image = expected(equal or data, ground)
    (folder / name).write_bytes(data)
    image.save(folder / f"{name.split('.')[0]}.expected.{'pgm' if image.mode == 'L' else 'ppm'}")


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(samples, depth, color, extra=(), interlaced=False):
    """A PNG of any depth and colour type from samples of shape rows x columns x channels."""
    rows, columns, _ = samples.shape

    def lines(part):
        data = b""
        for row in part:
            flat = row.reshape(-1)
            if depth == 16:
                packed = flat.astype(">u2").tobytes()
            else:
                bits = (flat[:, None].astype(numpy.uint8) >> numpy.arange(depth - 1, -1, -1)) & 1
                packed = numpy.packbits(bits.reshape(-1)).tobytes()
            data += b"\0" + packed
        return data

    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
        parts = [samples[y::dy, x::dx] for y, x, dy, dx in passes]
        data = b"".join(lines(part) for part in parts if part.size)
    else:
        data = lines(samples)
    header = struct.pack(">IIBBBBB", columns, rows, depth, color, 0, 0, int(interlaced))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(kind, content) for kind, content in extra)
        + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")
    )


gray, color, ink = scene(13, 22, 1), scene(13, 22, 3), scene(13, 22, 4)
alpha = numpy.concatenate([color, scene(13, 22, 1)], axis=-1)

# JPEG: samplings, entropy codings, colour spaces.
ppm = saved(Image.fromarray(color), "ppm")
for sampling in ["1x1", "2x1", "2x2", "1x2", "3x1", "4x1", "4x2", "1x4", "3x2", "2x1,1x1,1x2"]:
    name = "sampling-" + sampling.replace(",", "-")
    write(f"{name}.jpg", subprocess.run(["cjpeg", "-quality", "90", "-sample", sampling], input=ppm, capture_output=True, check=True).stdout)
for option in ["progressive", "arithmetic", "rgb"]:
    write(f"{option}.jpg", subprocess.run(["cjpeg", f"-{option}"], input=ppm, capture_output=True, check=True).stdout)
gray_jpeg = saved(Image.fromarray(gray[:, :, 0]), "jpeg", quality=95)
write("gray.jpg", gray_jpeg)
cmyk = saved(Image.fromarray(ink, "CMYK"), "jpeg", quality=95)
write("cmyk.jpg", cmyk)
adobe = cmyk.index(b"\xff\xee")
length = struct.unpack(">H", cmyk[adobe + 2 : adobe + 4])[0]
write("cmyk-without-adobe.jpg", cmyk[:adobe] + cmyk[adobe + 2 + length :])
write("ycck.jpg", cmyk[: adobe + 15] + b"\x02" + cmyk[adobe + 16 :])
tables = gray_jpeg.index(b"\xff\xc4")
write("stray-bytes.jpg", gray_jpeg[:tables] + b"\0\0" + gray_jpeg[tables:])

# Exif orientations.
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    write(f"orientation-{orientation}.png", saved(Image.fromarray(color), "png", exif=exif))
    write(f"orientation-{orientation}-jpeg.jpg", saved(Image.fromarray(color), "jpeg", quality=95, exif=exif))
tiff = b"II*\0\x08\0\0\0\x02\0" + struct.pack("<HHIHxx", 0x0100, 3, 1, 9) + struct.pack("<HHIHxx", 0x0112, 3, 1, 6)
content = b"Exif\0\0" + tiff + b"\0\0\0\0"
write(
    "orientation-little-endian.jpg",
    gray_jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(content) + 2) + content + gray_jpeg[2:],
)

# PNG: depths, interlacing, transparency, and chunks that tell of colours.
for depth in [1, 2, 4, 8, 16]:
    samples = (gray.astype(numpy.uint32) * 257 >> (16 - depth)).astype(numpy.uint32)
    for interlaced in [False, True]:
        write(f"gray-{depth}{'-interlaced' if interlaced else ''}.png", png(samples, depth, 0, interlaced=interlaced))
wide = color.astype(numpy.uint32) * 257
write("rgb-16.png", png(wide, 16, 2))
write("rgb-8-interlaced.png", png(color, 8, 2, interlaced=True))
write("rgba-8.png", png(alpha, 8, 6), ground=0)
write("rgba-8-interlaced.png", png(alpha, 8, 6, interlaced=True), ground=0)
write("rgba-16.png", png(alpha.astype(numpy.uint32) * 257, 16, 6), ground=0)
gray_alpha = numpy.concatenate([gray, scene(13, 22, 2)[:, :, 1:]], axis=-1)
write("gray-alpha-8.png", png(gray_alpha, 8, 4), ground=0)
write("gray-transparent-8.png", png(gray // 64 * 64, 8, 0, [(b"tRNS", struct.pack(">H", 128))]), ground=0)
# Pillow compares the scaled grey with the unscaled transparent one.
quarters = gray // 64
opaque = numpy.concatenate([quarters * 85, (quarters != 2) * numpy.uint8(255)], axis=-1)
write(
    "gray-transparent-2.png", png(quarters, 2, 0, [(b"tRNS", struct.pack(">H", 2))]), ground=0,
    equal=png(opaque, 8, 4))
flat = color // 128 * 255
write("rgb-transparent-8.png", png(flat, 8, 2, [(b"tRNS", struct.pack(">HHH", 255, 255, 0))]), ground=0)
palette = (b"PLTE", bytes(range(0, 240, 5)))
for depth in [1, 2, 4]:
    indices = gray // (256 >> depth)
    write(f"palette-{depth}.png", png(indices, depth, 3, [palette]))
    opacities = bytes([0, 90, 180, 255])[: 1 << depth]
    bright = (b"PLTE", bytes([200, 100, 50] * 16))
    write(f"palette-alpha-{depth}.png", png(indices, depth, 3, [bright, (b"tRNS", opacities)]), ground=0)
strokes = numpy.zeros((13, 22, 4), numpy.uint8)
strokes[3:10, 5:8] = [0, 0, 0, 255]
strokes[3:10, 8] = [20, 10, 0, 128]
write("dark-strokes.png", png(strokes, 8, 6), ground=255)
write("dark-strokes-gray.png", png(strokes[:, :, 2:], 8, 4), ground=255)
strokes[strokes[:, :, 3] > 0, :3] = 255
write("bright-strokes.png", png(strokes, 8, 6), ground=0)
half = numpy.full((2, 2, 1), 128, numpy.uint8)
write("gamma-gray.png", png(half, 8, 0, [(b"gAMA", struct.pack(">I", 100000))]))
write("gamma-rgba.png", png(alpha, 8, 6, [(b"gAMA", struct.pack(">I", 45455))]), ground=0)
write("gamma-rgb-16.png", png(wide, 16, 2, [(b"gAMA", struct.pack(">I", 100000))]))
primaries = struct.pack(">8I", 31270, 32900, 70800, 29200, 17000, 79700, 13100, 4600)
write("primaries.png", png(color, 8, 2, [(b"gAMA", struct.pack(">I", 55000)), (b"cHRM", primaries)]))
write("srgb.png", png(color, 8, 2, [(b"sRGB", b"\0")]))
write("broken-profile.png", png(color, 8, 2, [(b"iCCP", b"profile\0\0" + zlib.compress(b"no profile"))]))
write("significant-bits.png", png(color, 8, 2, [(b"sBIT", b"\x05\x06\x05"), (b"bKGD", b"\0\xff\0\0\0\0")]))

# WebP: both codings, opacity, and Exif in a chunk of its own. Pillow brings libwebp along, and all its versions decode the same.
write("lossy.webp", saved(Image.fromarray(color), "webp", quality=80))
write("lossless.webp", saved(Image.fromarray(color), "webp", lossless=True))
write("alpha.webp", saved(Image.fromarray(alpha), "webp", lossless=True, exact=True), ground=0)
exif = Image.Exif()
exif[0x0112] = 6
write("orientation-6-webp.webp", saved(Image.fromarray(color), "webp", lossless=True, exif=exif))
strokes[:, :, :3] = 0
write("dark-strokes-webp.webp", saved(Image.fromarray(strokes), "webp", lossless=True, exact=True), ground=255)
