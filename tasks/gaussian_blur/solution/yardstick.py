"""The reference beside the same job by libraries: python yardstick.py (needs numpy, scipy and opencv-python-headless).

All are called in this process, on one thread, by turns; CPU time of five passes over one image of the time size.
"""

import ctypes
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np
from scipy import ndimage

TASK = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(TASK / "tests"))
import verify  # noqa: E402

KERNEL = np.array(verify.KERNEL)
WEIGHTS = (KERNEL / 256).astype(np.float32)


def reference():
    """The reference as a shared library."""
    place = Path(tempfile.mkdtemp()) / "blur.so"
    flags = ["-O2", "-march=x86-64-v3", "-std=c11", "-shared", "-fPIC", f"-I{TASK / 'environment/app'}"]
    subprocess.run(["gcc", *flags, "-o", place, TASK / "solution/solve.c"], check=True)
    library = ctypes.CDLL(str(place))

    def blur(image):
        out = np.empty_like(image)
        library.blur(image.ctypes.data_as(ctypes.c_void_p), out.ctypes.data_as(ctypes.c_void_p), *image.shape[::-1], 5)
        return out

    return blur


def passes(one):
    def blur(image):
        for _ in range(5):
            image = one(image)
        return image

    return blur


def scipy_pass(image):
    rows = ndimage.correlate1d(image.astype(np.float64), KERNEL, axis=1, mode="nearest")
    return ((ndimage.correlate1d(rows, KERNEL, axis=0, mode="nearest") + 32768) // 65536).astype(np.uint8)


def main():
    cv2.setNumThreads(1)
    clamp = cv2.BORDER_REPLICATE
    blurs = {
        "reference": reference(),
        "OpenCV sepFilter2D": passes(lambda image: cv2.sepFilter2D(image, -1, WEIGHTS, WEIGHTS, borderType=clamp)),
        "OpenCV GaussianBlur": passes(lambda image: cv2.GaussianBlur(image, (17, 17), 3, borderType=clamp)),
        "scipy correlate1d": passes(scipy_pass),
        "numpy (verify.py)": lambda image: verify._blur(image, 5),
    }
    count, (image,) = verify._read(verify.draw(1, "typical", "time"))
    right = verify._blur(image, count)
    times = {name: [] for name in blurs}
    for _ in range(30):
        for name, blur in blurs.items():
            turns = 40 if name.split()[0] in ("reference", "OpenCV") else 1
            start = time.process_time()
            for _ in range(turns):
                found = blur(image)
            times[name].append((time.process_time() - start) / turns)
            off = int(np.count_nonzero(found != right))
            if len(times[name]) == 30:
                seconds = statistics.median(times[name])
                ratio = seconds / statistics.median(times["reference"])
                print(f"{name:20} {seconds * 1e3:6.3f} ms {ratio:5.1f}x  {off} of {image.size} bytes differ")


main()
