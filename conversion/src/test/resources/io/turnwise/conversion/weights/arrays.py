"""Writes arrays.npz with NumPy itself: six times the same 2 x 3 numbers, and what is to be refused.

    python3 arrays.py
"""
import os
import zipfile

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
NUMBERS = np.array([[0., -1.5, 2.25], [3e-5, 65504., -0.125]])      # float16 holds all but 3e-5, which it makes 2.9981136e-05


def main():
    path = os.path.join(HERE, 'arrays.npz')
    half = NUMBERS.astype(np.float16)
    np.savez_compressed(path, single=half.astype('<f4'), half=half, double_big=half.astype('>f8'),
                        fortran=np.asfortranarray(half.astype('<f4')), scalar=np.float32(7.5), empty=np.zeros((0, 4), '<f4'),
                        counter=np.int64(3), text=np.array(['ab', 'c']), objects=np.array([{}, 1], dtype=object))
    with zipfile.ZipFile(path, 'a', zipfile.ZIP_STORED) as z:
        for version in (2, 0), (3, 0):
            with z.open(f'version{version[0]}.npy', 'w', force_zip64=True) as f:
                np.lib.format.write_array(f, half.astype('<f4'), version=version)
        # the archive's times would be those of the run
    stamped = path + '.new'
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(stamped, 'w') as new:
        for entry in old.infolist():
            fixed = zipfile.ZipInfo(entry.filename, (2026, 1, 1, 0, 0, 0))
            fixed.compress_type = entry.compress_type
            with new.open(fixed, 'w', force_zip64=True) as f:
                f.write(old.read(entry))
    os.replace(stamped, path)


if __name__ == '__main__':
    main()
