; The installer for Windows. installer.py passes every name in capitals; the lists of files are made by it too.
;
;   setup.exe [/S] [/AllUsers | /CurrentUser] [/D=FOLDER]
;
; Without elevation it installs for the user alone. /D comes last and takes no quotation marks, as NSIS has it.
; Codes of exit: 0 done, 1 cancelled, 2 not done, 3 the program is running, 4 the folder has things of somebody else,
; 5 not this Windows, 740 everybody needs an administrator.

; before 3.12, installers that the system runs could be made to run what any user has put in their way
!if ${NSIS_PACKEDVERSION} < 0x03012000
!error "NSIS 3.12 or newer is needed: installers of older ones let users of the computer become administrators."
!endif

Target amd64-unicode
SetCompressor /SOLID ${COMPRESSION}
!if ${COMPRESSION} == lzma
SetCompressorDictSize 64
!endif
SetDateSave on
CRCCheck force
RequestExecutionLevel user
ManifestDPIAware true
ManifestSupportedOS Win10
Name "${TITLE}"
OutFile "${OUT}"
BrandingText "${TITLE} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow
AllowRootDirInstall false

VIProductVersion "${NUMBERS}"
VIAddVersionKey ProductName "${TITLE}"
VIAddVersionKey ProductVersion "${VERSION}"
VIAddVersionKey FileVersion "${VERSION}"
VIAddVersionKey FileDescription "${TITLE} Setup"
VIAddVersionKey CompanyName "${COMPANY}"
VIAddVersionKey LegalCopyright "${COPYRIGHT}"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!include MUI2.nsh
!include FileFunc.nsh
!include LogicLib.nsh
!include WinVer.nsh
!include x64.nsh

!define UNINSTALL_KEY "Software\Microsoft\Windows\CurrentVersion\Uninstall\${TITLE}"
!define START_KEY "Software\Microsoft\Windows\CurrentVersion\App Paths\${CONSOLE}"
!define APPLICATION_KEY "Software\Classes\Applications\${WINDOW}"
!define REQUEST "CBRDesktop.Request"
!define OLDEST_BUILD 17763

!ifdef SIGN
!uninstfinalize '${SIGN} "%1"'
!endif

Var ForAll      ; 1 when everybody on this computer gets the program
Var Asked       ; 1 when /D named the folder
Var Radio

; --- Both

!macro Common un
; Says why nothing is done and ends, with a code of exit.
Function ${un}Refuse
  Exch $1
  Exch
  Exch $0
  MessageBox MB_OK|MB_ICONSTOP "$1" /SD IDOK
  SetErrorLevel $0
  Quit
FunctionEnd

; The library of Python cannot be opened for writing as long as one of the programs has it loaded.
Function ${un}WaitForEnd
  again:
  IfFileExists "$INSTDIR\runtime\${PYTHON}" 0 free
  ClearErrors
  FileOpen $0 "$INSTDIR\runtime\${PYTHON}" a
  IfErrors 0 close
  MessageBox MB_RETRYCANCEL|MB_ICONEXCLAMATION "${TITLE} is running. Close it, then choose Retry." /SD IDCANCEL IDRETRY again
  SetErrorLevel 3
  Quit
  close:
  FileClose $0
  free:
FunctionEnd

Function ${un}SetScope
  SetRegView 64
  ${If} $ForAll = 1
    SetShellVarContext all
  ${Else}
    SetShellVarContext current
  ${EndIf}
FunctionEnd

; All that an installation has made, but what is somebody else's and what the program keeps of its user.
Function ${un}RemoveFiles
  RMDir /r "$INSTDIR\app"
  RMDir /r "$INSTDIR\lib"
  RMDir /r "$INSTDIR\runtime"
  RMDir /r "$INSTDIR\licences"
  Delete "$INSTDIR\${WINDOW}"
  Delete "$INSTDIR\${CONSOLE}"
FunctionEnd

Function ${un}RemoveEntries
  Delete "$SMPROGRAMS\${TITLE}.lnk"
  DeleteRegValue SHCTX "Software\Classes\.json\OpenWithProgids" "${REQUEST}"
  DeleteRegKey /ifempty SHCTX "Software\Classes\.json\OpenWithProgids"
  DeleteRegKey /ifempty SHCTX "Software\Classes\.json"
  DeleteRegKey SHCTX "Software\Classes\${REQUEST}"
  DeleteRegKey SHCTX "${APPLICATION_KEY}"
  DeleteRegKey SHCTX "${START_KEY}"
  DeleteRegKey SHCTX "${UNINSTALL_KEY}"
  ${If} $ForAll <> 1
    ; a user of no other program has not got these
    DeleteRegKey /ifempty HKCU "Software\Classes\Applications"
    DeleteRegKey /ifempty HKCU "Software\Microsoft\Windows\CurrentVersion\App Paths"
    DeleteRegKey /ifempty HKCU "Software\Microsoft\Windows\CurrentVersion\Uninstall"
  ${EndIf}
FunctionEnd

Function ${un}TellExplorer
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'
FunctionEnd
!macroend

!insertmacro Common ""
!insertmacro Common "un."

!macro Refuse un code text
  Push ${code}
  Push "${text}"
  Call ${un}Refuse
!macroend

!macro IsAdministrator result
  UserInfo::GetAccountType
  Pop ${result}
  ${If} ${result} == "Admin"
    StrCpy ${result} 1
  ${Else}
    StrCpy ${result} 0
  ${EndIf}
!macroend

; --- Installing

!define MUI_ABORTWARNING
!define MUI_FINISHPAGE_NOAUTOCLOSE
!define MUI_FINISHPAGE_RUN
!define MUI_FINISHPAGE_RUN_TEXT "Start ${TITLE}"
!define MUI_FINISHPAGE_RUN_FUNCTION StartProgram
Page custom AskScope AnswerScope
!insertmacro MUI_PAGE_DIRECTORY
!insertmacro MUI_PAGE_INSTFILES
!define MUI_PAGE_CUSTOMFUNCTION_SHOW OfferStart
!insertmacro MUI_PAGE_FINISH
!define MUI_UNCONFIRMPAGE_TEXT_TOP "${TITLE} will be removed. What is yours stays: profiles, requests, logs, and the secrets in the Credential Manager."
!insertmacro MUI_UNPAGE_CONFIRM
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE English

Function .onInit
  ${IfNot} ${RunningX64}
  ${OrIfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    !insertmacro Refuse "" 5 "${TITLE} needs Windows 10, version 1809, or newer, for 64 bits."
  ${EndIf}
  StrCpy $Asked 0
  ${If} $INSTDIR != ""
    StrCpy $Asked 1
  ${EndIf}
  StrCpy $ForAll 0
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/AllUsers" $1
  ${IfNot} ${Errors}
    StrCpy $ForAll 1
    !insertmacro IsAdministrator $1
    ${If} $1 = 0
      ${If} ${Silent}
        SetErrorLevel 740
        Quit
      ${EndIf}
      Call StartElevated
    ${EndIf}
  ${EndIf}
  Call SetScope
  Call ChooseFolder
  ${If} ${Silent}
    Call CheckFolder
  ${EndIf}
FunctionEnd

; Starts this installer once more, as an administrator, for everybody; ends here.
Function StartElevated
  ClearErrors
  ExecShell "runas" "$EXEPATH" "/AllUsers"
  ${If} ${Errors}
    SetErrorLevel 740
  ${EndIf}
  Quit
FunctionEnd

; The folder of the installation that is there, or the usual one.
Function ChooseFolder
  ${If} $Asked = 1
    Return
  ${EndIf}
  ReadRegStr $INSTDIR SHCTX "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $INSTDIR != ""
    Return
  ${EndIf}
  ${If} $ForAll = 1
    StrCpy $INSTDIR "$PROGRAMFILES64\${TITLE}"
  ${Else}
    StrCpy $INSTDIR "$LOCALAPPDATA\Programs\${TITLE}"
  ${EndIf}
FunctionEnd

; Folders of these names are removed on the next upgrade, so they must not be somebody else's.
Function CheckFolder
  IfFileExists "$INSTDIR\${WINDOW}" fine
  IfFileExists "$INSTDIR\uninstall.exe" fine
  IfFileExists "$INSTDIR\app\*.*" foreign
  IfFileExists "$INSTDIR\lib\*.*" foreign
  IfFileExists "$INSTDIR\runtime\*.*" foreign
  IfFileExists "$INSTDIR\licences\*.*" foreign
  fine:
  Return
  foreign:
  !insertmacro Refuse "" 4 "The folder $INSTDIR has things of another program in it. Please choose an empty one."
FunctionEnd

Function AskScope
  !insertmacro MUI_HEADER_TEXT "For whom" "Choose who gets ${TITLE} on this computer."
  nsDialogs::Create 1018
  Pop $0
  ${NSD_CreateRadioButton} 0 10u 100% 12u "For &me only (needs no administrator)"
  Pop $0
  ${NSD_CreateRadioButton} 0 28u 100% 12u "For &everybody on this computer (needs an administrator)"
  Pop $Radio
  ${NSD_CreateLabel} 0 54u 100% 40u "Profiles, requests and secrets belong to each user in either case. An earlier version in the same place is replaced; what is yours stays."
  Pop $1
  ${If} $ForAll = 1
    ${NSD_Check} $Radio
  ${Else}
    ${NSD_Check} $0
  ${EndIf}
  nsDialogs::Show
FunctionEnd

Function AnswerScope
  ${NSD_GetState} $Radio $0
  ${If} $0 = ${BST_CHECKED}
    StrCpy $ForAll 1
    !insertmacro IsAdministrator $1
    ${If} $1 = 0
      HideWindow
      Call StartElevated
    ${EndIf}
  ${Else}
    StrCpy $ForAll 0
  ${EndIf}
  Call SetScope
  Call ChooseFolder
FunctionEnd

; There is one installation for a user, and one for everybody: when it moves, it leaves nothing behind.
Function RemoveElsewhere
  ReadRegStr $0 SHCTX "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $0 == ""
  ${OrIf} $0 == $INSTDIR
  ${OrIfNot} ${FileExists} "$0\uninstall.exe"
    Return
  ${EndIf}
  ${If} $ForAll = 1
    ExecWait '"$0\uninstall.exe" /S /AllUsers _?=$0' $1
  ${Else}
    ExecWait '"$0\uninstall.exe" /S /CurrentUser _?=$0' $1
  ${EndIf}
  ${If} $1 <> 0
    !insertmacro Refuse "" 3 "The version in $0 could not be removed. Please close ${TITLE} and start again."
  ${EndIf}
  Delete "$0\uninstall.exe"
  RMDir "$0"
FunctionEnd

; What an administrator's installer starts is an administrator's too, and nobody has asked for that: it starts nothing.
Function OfferStart
  !insertmacro IsAdministrator $0
  ${If} $0 = 1
    SendMessage $mui.FinishPage.Run ${BM_SETCHECK} ${BST_UNCHECKED} 0
    ShowWindow $mui.FinishPage.Run ${SW_HIDE}
  ${EndIf}
FunctionEnd

Function StartProgram
  !insertmacro IsAdministrator $0
  ${If} $0 = 0
    Exec '"$INSTDIR\${WINDOW}"'
  ${EndIf}
FunctionEnd

Section
  Call CheckFolder
  Call WaitForEnd
  Call RemoveElsewhere
  Call RemoveFiles
  Call RemoveEntries
  !include "${INSTALLED}"
  SetOutPath "$INSTDIR"
  WriteUninstaller "$INSTDIR\uninstall.exe"
  CreateShortCut "$SMPROGRAMS\${TITLE}.lnk" "$INSTDIR\${WINDOW}" "" "$INSTDIR\${WINDOW}" 0 SW_SHOWNORMAL "" "${SUMMARY}"
  WriteRegStr SHCTX "${START_KEY}" "" "$INSTDIR\${CONSOLE}"
!ifdef OPENS
  ; offered beside whatever opens such files already, and opening means to look at: nothing is sent by it
  WriteRegStr SHCTX "Software\Classes\${REQUEST}" "" "CBR request"
  WriteRegStr SHCTX "Software\Classes\${REQUEST}\DefaultIcon" "" "$INSTDIR\${WINDOW},0"
  WriteRegStr SHCTX "Software\Classes\${REQUEST}\shell\open\command" "" '"$INSTDIR\${WINDOW}" --open "%1"'
  WriteRegStr SHCTX "Software\Classes\.json\OpenWithProgids" "${REQUEST}" ""
  WriteRegStr SHCTX "${APPLICATION_KEY}" "FriendlyAppName" "${TITLE}"
  WriteRegStr SHCTX "${APPLICATION_KEY}\SupportedTypes" ".json" ""
  WriteRegStr SHCTX "${APPLICATION_KEY}\shell\open\command" "" '"$INSTDIR\${WINDOW}" --open "%1"'
!endif
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayName" "${TITLE}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayVersion" "${VERSION}"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "DisplayIcon" "$INSTDIR\${WINDOW},0"
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "Publisher" "${COMPANY}"
!ifdef HOMEPAGE
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "URLInfoAbout" "${HOMEPAGE}"
!endif
  WriteRegStr SHCTX "${UNINSTALL_KEY}" "InstallLocation" "$INSTDIR"
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "EstimatedSize" ${SIZE}
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoModify" 1
  WriteRegDWORD SHCTX "${UNINSTALL_KEY}" "NoRepair" 1
  ${If} $ForAll = 1
    WriteRegStr SHCTX "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe" /AllUsers'
    WriteRegStr SHCTX "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /AllUsers /S'
  ${Else}
    WriteRegStr SHCTX "${UNINSTALL_KEY}" "UninstallString" '"$INSTDIR\uninstall.exe" /CurrentUser'
    WriteRegStr SHCTX "${UNINSTALL_KEY}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /CurrentUser /S'
  ${EndIf}
  Call TellExplorer
SectionEnd

; --- Removing

Function un.onInit
  SetRegView 64
  StrCpy $ForAll 0
  ${GetParameters} $0
  ClearErrors
  ${GetOptions} $0 "/AllUsers" $1
  ${IfNot} ${Errors}
    StrCpy $ForAll 1
  ${EndIf}
  ; started by hand, without an option: whose installation it is stands in the registry
  ReadRegStr $2 HKLM "${UNINSTALL_KEY}" "InstallLocation"
  ${If} $2 == $INSTDIR
    StrCpy $ForAll 1
  ${EndIf}
  ${If} $ForAll = 1
    !insertmacro IsAdministrator $1
    ${If} $1 = 0
      ${IfNot} ${Silent}
        ClearErrors
        ExecShell "runas" "$INSTDIR\uninstall.exe" "/AllUsers"
        IfErrors 0 +2
      ${EndIf}
      SetErrorLevel 740
      Quit
    ${EndIf}
  ${EndIf}
  Call un.SetScope
FunctionEnd

Section un.All
  IfFileExists "$INSTDIR\${WINDOW}" ours
  !insertmacro Refuse "un." 2 "${TITLE} is not in $INSTDIR."
  ours:
  Call un.WaitForEnd
  Call un.RemoveFiles
  Delete "$INSTDIR\uninstall.exe"
  SetOutPath "$TEMP"
  RMDir "$INSTDIR"
  Call un.RemoveEntries
  Call un.TellExplorer
SectionEnd
