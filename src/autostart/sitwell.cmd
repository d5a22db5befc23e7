@echo off
rem @MARK@
chcp 65001 >nul
@WORDS@
