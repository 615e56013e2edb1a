"""What PyInstaller cannot see by itself: files that are read, and modules that are imported when first used."""

from PyInstaller.utils.hooks import collect_data_files, collect_submodules

datas = collect_data_files("mailpartner")
hiddenimports = collect_submodules("mailpartner", on_error="ignore")  # extras that are not installed
