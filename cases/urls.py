"""Addresses of case files."""

from django.urls import path

from .views import exclusions, files, find, glass, handing, intake, register, register_rows, sight, worker

app_name = "cases"
urlpatterns = [
    path("", files.file_list, name="list"),
    path("find/", find.find, name="find"),
    path("emergency/", glass.break_glass, name="break_glass"),
    path("new/", intake.start, name="start"),
    path("new/<uuid:draft_id>/", intake.task_list, name="draft"),
    path("new/<uuid:draft_id>/save/", intake.save_field, name="draft_field"),
    path("new/<uuid:draft_id>/check/", intake.check, name="draft_check"),
    path("new/<uuid:draft_id>/hand/", handing.hand_over, name="draft_hand"),
    path("new/<uuid:draft_id>/delete/", intake.drop, name="draft_drop"),
    path("new/<uuid:draft_id>/<slug:section>/", intake.section, name="draft_section"),
    path("registers/", register.registers, name="registers"),
    path("registers/sample/", register_rows.sample_file, name="register_sample"),
    path("registers/<uuid:register_id>/", register.register, name="register"),
    path("registers/<uuid:register_id>/columns/", register.columns, name="register_columns"),
    path("registers/<uuid:register_id>/headings/", register.headings, name="register_headings"),
    path("registers/<uuid:register_id>/words/", register.words, name="register_words"),
    path("registers/<uuid:register_id>/problems/", register_rows.problems, name="register_problems"),
    path(
        "registers/<uuid:register_id>/problems/file/",
        register_rows.problems_file,
        name="register_problems_file",
    ),
    path("registers/<uuid:register_id>/alike/", register_rows.alike, name="register_alike"),
    path("registers/<uuid:register_id>/import/", register.start_import, name="register_import"),
    path("registers/<uuid:register_id>/take-back/", register.take_back, name="register_take_back"),
    path("registers/<uuid:register_id>/try-again/", register.try_again, name="register_try_again"),
    path("registers/<uuid:register_id>/delete/", register.drop, name="register_drop"),
    path("exclusions/", exclusions.exclusions, name="exclusions"),
    path("exclusions/<uuid:exclusion_id>/", exclusions.exclusion, name="exclusion"),
    path("<str:number>/", files.file_detail, name="detail"),
    path("<str:number>/receipt/", intake.receipt, name="receipt"),
    path("<str:number>/identity/", files.identity, name="identity"),
    path("<str:number>/keep-away/", exclusions.keep_away, name="keep_away"),
    path("<str:number>/conflict/", exclusions.conflict, name="conflict"),
    path("<str:number>/note/", files.add_note, name="note"),
    path("<str:number>/move/<str:verb>/", files.move, name="move"),
    path("<str:number>/worker/", worker.hand_over, name="hand_over"),
    path("<str:number>/sight/", sight.sight, name="sight"),
    path("<str:number>/sight/share/", sight.share, name="share"),
    path("<str:number>/sight/share/<slug:share_id>/end/", sight.share_end, name="share_end"),
    path("<str:number>/sight/named/", sight.name_only, name="name_only"),
    path("<str:number>/sight/lift/", sight.lift, name="lift"),
    path("<str:number>/emergency/end/", glass.end_emergency, name="emergency_end"),
    path("<str:number>/emergency/<uuid:glass_id>/", glass.review, name="emergency"),
]
